noinst_LIBRARIES += libimages.a
libimages_a_SOURCES = \
	%D%/pending.c \
	%D%/verity.c \
	%D%/images.h
