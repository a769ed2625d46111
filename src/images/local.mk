noinst_LIBRARIES += libimages.a
libimages_a_SOURCES = \
	%D%/pending.c \
	%D%/images.h
