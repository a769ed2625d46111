noinst_LIBRARIES += libcompiler.a
libcompiler_a_SOURCES = \
	%D%/ast.c \
	%D%/bytes.c \
	%D%/canon.c \
	%D%/code.c \
	%D%/digest.c \
	%D%/disasm.c \
	%D%/emit.c \
	%D%/fmt.c \
	%D%/mapping.c \
	%D%/names.c \
	%D%/pool.c \
	%D%/resolve.c \
	%D%/rows.c \
	%D%/types.c \
	%D%/ast.h \
	%D%/bytes.h \
	%D%/canon.h \
	%D%/code.h \
	%D%/digest.h \
	%D%/disasm.h \
	%D%/emit.h \
	%D%/fmt.h \
	%D%/ir.h \
	%D%/mapping.h \
	%D%/pool.h \
	%D%/resolve.h \
	%D%/types.h
bin_PROGRAMS += cocoapolc
cocoapolc_SOURCES = %D%/main.c
cocoapolc_LDADD = libcompiler.a libgrammar.a libcompiler.a libautomata.a libcocoapol.a libbase.a $(CRYPTO_LIBS) $(JANSSON_LIBS)
