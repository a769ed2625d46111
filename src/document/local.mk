noinst_LIBRARIES += libdocument.a
libdocument_a_SOURCES = \
	%D%/document.c \
	%D%/document.h
