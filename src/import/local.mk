noinst_LIBRARIES += libimport.a
libimport_a_SOURCES = \
	%D%/capabilities.c \
	%D%/compact.c \
	%D%/compose.c \
	%D%/compose_command.c \
	%D%/compose_env.c \
	%D%/compose_extends.c \
	%D%/compose_service.c \
	%D%/compose_start.c \
	%D%/compose_values.c \
	%D%/compose_volumes.c \
	%D%/container.c \
	%D%/env_file.c \
	%D%/fields.c \
	%D%/group.c \
	%D%/interpolate.c \
	%D%/mounts.c \
	%D%/names.c \
	%D%/pattern.c \
	%D%/pending.c \
	%D%/words.c \
	%D%/write.c \
	%D%/write_word.c \
	%D%/compose.h \
	%D%/compose_fields.def \
	%D%/group.h \
	%D%/import.h \
	%D%/interpolate.h \
	%D%/mounts.h \
	%D%/words.h \
	%D%/write.h
