noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/arena.c \
	%D%/diag.c \
	%D%/file.c \
	%D%/sha256.c \
	%D%/srcmap.c \
	%D%/arena.h \
	%D%/diag.h \
	%D%/file.h \
	%D%/sha256.h \
	%D%/srcmap.h \
	%D%/str.h \
	%D%/diag.def
