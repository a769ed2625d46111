noinst_LIBRARIES += libdocument.a
libdocument_a_SOURCES = \
	%D%/document.c \
	%D%/document.h \
	%D%/rego.c \
	%D%/rego.h \
	%D%/rego_scan.c
