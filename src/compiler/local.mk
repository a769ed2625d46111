noinst_LIBRARIES += libcompiler.a
libcompiler_a_SOURCES = \
	%D%/ast.c \
	%D%/build.c \
	%D%/canon.c \
	%D%/check.c \
	%D%/claims.c \
	%D%/cli.c \
	%D%/code.c \
	%D%/collect.c \
	%D%/compile.c \
	%D%/decl.c \
	%D%/disasm.c \
	%D%/dump.c \
	%D%/dump_json.c \
	%D%/emit.c \
	%D%/explain.c \
	%D%/expr.c \
	%D%/fmt.c \
	%D%/form.c \
	%D%/format.c \
	%D%/lookup.c \
	%D%/loops.c \
	%D%/lower.c \
	%D%/make.c \
	%D%/mapping.c \
	%D%/names.c \
	%D%/operators.c \
	%D%/pattern.c \
	%D%/pool.c \
	%D%/properties.c \
	%D%/resolve.c \
	%D%/rows.c \
	%D%/types.c \
	%D%/ast.h \
	%D%/canon.h \
	%D%/check.h \
	%D%/cli.h \
	%D%/code.h \
	%D%/collect.h \
	%D%/compile.h \
	%D%/decl.h \
	%D%/disasm.h \
	%D%/emit.h \
	%D%/expr.h \
	%D%/fmt.h \
	%D%/form.h \
	%D%/ir.h \
	%D%/lower.h \
	%D%/mapping.h \
	%D%/pattern.h \
	%D%/pool.h \
	%D%/properties.h \
	%D%/resolve.h \
	%D%/types.h
bin_PROGRAMS += cocoapolc
cocoapolc_SOURCES = %D%/main.c
cocoapolc_LDADD = libcompiler.a libgrammar.a libcompiler.a libautomata.a libcocoapol.a libbase.a $(CRYPTO_LIBS) $(JANSSON_LIBS)
