noinst_LIBRARIES += libverifier.a
libverifier_a_SOURCES = \
	%D%/ask.c \
	%D%/cache.c \
	%D%/canon.c \
	%D%/claims.c \
	%D%/concrete.c \
	%D%/confirm.c \
	%D%/facts.c \
	%D%/fol.c \
	%D%/jobs.c \
	%D%/lang.c \
	%D%/lemma.c \
	%D%/lemma_set.c \
	%D%/lift.c \
	%D%/make.c \
	%D%/make_set.c \
	%D%/make_value.c \
	%D%/plan.c \
	%D%/prove.c \
	%D%/replay.c \
	%D%/search.c \
	%D%/seek.c \
	%D%/slice.c \
	%D%/smt.c \
	%D%/snapshot.c \
	%D%/source.c \
	%D%/source_word.c \
	%D%/survivors.c \
	%D%/stop.c \
	%D%/synth.c \
	%D%/synth_words.c \
	%D%/tool.c \
	%D%/trace.c \
	%D%/tree.c \
	%D%/vocabulary.c \
	%D%/cache.h \
	%D%/canon.h \
	%D%/concrete.h \
	%D%/facts.h \
	%D%/fol.h \
	%D%/jobs.h \
	%D%/lang.h \
	%D%/lemma.h \
	%D%/lemma_set.h \
	%D%/lift.h \
	%D%/make.h \
	%D%/plan.h \
	%D%/prove.h \
	%D%/prover.h \
	%D%/search.h \
	%D%/seek.h \
	%D%/slice.h \
	%D%/smt.h \
	%D%/snapshot.h \
	%D%/source.h \
	%D%/source_put.h \
	%D%/stop.h \
	%D%/synth.h \
	%D%/tool.h \
	%D%/tree.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = libverifier.a librequest.a libautomata.a libcocoapol.a libbase.a $(Z3_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lm
