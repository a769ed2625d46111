noinst_LIBRARIES += libdocument.a
libdocument_a_SOURCES = \
	%D%/document.c \
	%D%/json_comments.c \
	%D%/json_comments.h \
	%D%/map.c \
	%D%/places.c \
	%D%/rego.c \
	%D%/rego_scan.c \
	%D%/yaml.c \
	%D%/document.h \
	%D%/map.h \
	%D%/places.h \
	%D%/rego.h
