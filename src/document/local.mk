noinst_LIBRARIES += libdocument.a
libdocument_a_SOURCES = \
	%D%/document.c \
	%D%/map.c \
	%D%/places.c \
	%D%/yaml.c \
	%D%/document.h \
	%D%/map.h \
	%D%/places.h
