noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/arena.c \
	%D%/bytes.c \
	%D%/diag.c \
	%D%/digest.c \
	%D%/file.c \
	%D%/refusal.c \
	%D%/srcmap.c \
	%D%/arena.h \
	%D%/bytes.h \
	%D%/diag.h \
	%D%/digest.h \
	%D%/file.h \
	%D%/refusal.h \
	%D%/srcmap.h \
	%D%/str.h \
	%D%/diag.def
