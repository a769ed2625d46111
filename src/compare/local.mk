noinst_LIBRARIES += libcompare.a
libcompare_a_SOURCES = \
	%D%/compare.c \
	%D%/compare_fill.c \
	%D%/compare_pair.c \
	%D%/compare_plan.c \
	%D%/compare_search.c \
	%D%/compare_tell.c \
	%D%/joint.c \
	%D%/joint_against.c \
	%D%/joint_align.c \
	%D%/joint_ask.c \
	%D%/joint_concrete.c \
	%D%/joint_facts.c \
	%D%/joint_guess.c \
	%D%/joint_prove.c \
	%D%/joint_rows.c \
	%D%/joint_seen.c \
	%D%/joint_tree.c \
	%D%/compare.h \
	%D%/compare_hunt.h \
	%D%/compare_tell.h \
	%D%/joint.h \
	%D%/joint_make.h \
	%D%/joint_prove.h \
	%D%/joint_prover.h \
	%D%/joint_seen.h
