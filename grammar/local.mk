# Generated C has its own library, without our warnings.  It ships in the tarball
# and stays out of git.
noinst_LIBRARIES += libgrammar.a
libgrammar_a_CFLAGS = -std=c11 $(EXTRA_CFLAGS)
nodist_libgrammar_a_SOURCES = grammar/parse.c grammar/parse.h grammar/scan.c
libgrammar_a_SOURCES = %D%/scan.h
EXTRA_DIST += %D%/scan.l %D%/parse.y
BUILT_SOURCES += grammar/parse.h
CLEANFILES += grammar/parse.c grammar/parse.h grammar/scan.c
grammar/parse.c: %D%/parse.y
	$(AM_V_GEN)mkdir -p grammar && $(BISON) -Wall -Werror --defines=grammar/parse.h -o $@ $(srcdir)/grammar/parse.y
grammar/parse.h: grammar/parse.c
grammar/scan.c: %D%/scan.l grammar/parse.h
	$(AM_V_GEN)$(LEX) -o $@ $(srcdir)/grammar/scan.l
