# What code means, without a solver: for certificates too.
noinst_LIBRARIES += liblift.a
liblift_a_SOURCES = \
	%D%/facts.c \
	%D%/fol.c \
	%D%/lift.c \
	%D%/tree.c \
	%D%/facts.h \
	%D%/fol.h \
	%D%/lift.h \
	%D%/tree.h
noinst_LIBRARIES += libverifier.a
libverifier_a_SOURCES = \
	%D%/carry.c \
	%D%/cases.c \
	%D%/certify.c \
	%D%/claims.c \
	%D%/code_of.c \
	%D%/concrete.c \
	%D%/confirm.c \
	%D%/hunt.c \
	%D%/hunt_assume.c \
	%D%/lang.c \
	%D%/lemma.c \
	%D%/make.c \
	%D%/make_set.c \
	%D%/make_value.c \
	%D%/plan.c \
	%D%/prove.c \
	%D%/replay.c \
	%D%/search.c \
	%D%/slice.c \
	%D%/smt.c \
	%D%/snapshot.c \
	%D%/synth.c \
	%D%/synth_words.c \
	%D%/tool.c \
	%D%/trace.c \
	%D%/carry.h \
	%D%/cases.h \
	%D%/certify.h \
	%D%/code_of.h \
	%D%/concrete.h \
	%D%/hunt.h \
	%D%/hunt_in.h \
	%D%/lang.h \
	%D%/lemma.h \
	%D%/make.h \
	%D%/plan.h \
	%D%/prove.h \
	%D%/search.h \
	%D%/slice.h \
	%D%/smt.h \
	%D%/snapshot.h \
	%D%/synth.h \
	%D%/tool.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = libverifier.a libcheck.a liblift.a librequest.a libautomata.a libcocoapol.a libbase.a $(Z3_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lm
