noinst_LIBRARIES += libprove.a
libprove_a_SOURCES = \
	%D%/ask.c \
	%D%/cache.c \
	%D%/canon.c \
	%D%/lemma.c \
	%D%/lemma_set.c \
	%D%/prove.c \
	%D%/question.c \
	%D%/smt.c \
	%D%/survivors.c \
	%D%/vocabulary.c \
	%D%/cache.h \
	%D%/canon.h \
	%D%/lemma.h \
	%D%/lemma_set.h \
	%D%/prove.h \
	%D%/prover.h \
	%D%/smt.h
