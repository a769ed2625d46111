noinst_LIBRARIES += libimport.a
libimport_a_SOURCES = \
	%D%/capabilities.c \
	%D%/compact.c \
	%D%/container.c \
	%D%/fields.c \
	%D%/group.c \
	%D%/names.c \
	%D%/pattern.c \
	%D%/pending.c \
	%D%/write.c \
	%D%/write_word.c \
	%D%/group.h \
	%D%/import.h \
	%D%/write.h
