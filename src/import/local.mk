noinst_LIBRARIES += libimport.a
libimport_a_SOURCES = \
	%D%/capabilities.c \
	%D%/compact.c \
	%D%/container.c \
	%D%/fields.c \
	%D%/group.c \
	%D%/hcsshim.c \
	%D%/hcsshim_container.c \
	%D%/hcsshim_env.c \
	%D%/hcsshim_re2.c \
	%D%/names.c \
	%D%/pattern.c \
	%D%/pending.c \
	%D%/write.c \
	%D%/write_word.c \
	%D%/group.h \
	%D%/hcsshim.h \
	%D%/import.h \
	%D%/write.h
