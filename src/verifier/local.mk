noinst_LIBRARIES += libverifier.a
libverifier_a_SOURCES = \
	%D%/claims.c \
	%D%/compare.c \
	%D%/compare_pair.c \
	%D%/compare_plan.c \
	%D%/compare_search.c \
	%D%/concrete.c \
	%D%/confirm.c \
	%D%/facts.c \
	%D%/fol.c \
	%D%/joint.c \
	%D%/joint_against.c \
	%D%/joint_align.c \
	%D%/joint_ask.c \
	%D%/joint_concrete.c \
	%D%/joint_facts.c \
	%D%/joint_guess.c \
	%D%/joint_prove.c \
	%D%/joint_rows.c \
	%D%/joint_tree.c \
	%D%/lang.c \
	%D%/lemma.c \
	%D%/lift.c \
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
	%D%/tree.c \
	%D%/compare.h \
	%D%/compare_hunt.h \
	%D%/concrete.h \
	%D%/facts.h \
	%D%/fol.h \
	%D%/joint.h \
	%D%/joint_make.h \
	%D%/joint_prove.h \
	%D%/joint_prover.h \
	%D%/lang.h \
	%D%/lemma.h \
	%D%/lift.h \
	%D%/make.h \
	%D%/plan.h \
	%D%/prove.h \
	%D%/search.h \
	%D%/slice.h \
	%D%/smt.h \
	%D%/snapshot.h \
	%D%/synth.h \
	%D%/tool.h \
	%D%/tree.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = libverifier.a librequest.a libautomata.a libcocoapol.a libbase.a $(Z3_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lm
