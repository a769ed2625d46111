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
	%D%/ask.c \
	%D%/cache.c \
	%D%/canon.c \
	%D%/carry.c \
	%D%/cases.c \
	%D%/certify.c \
	%D%/claims.c \
	%D%/code_of.c \
	%D%/compare.c \
	%D%/compare_pair.c \
	%D%/compare_plan.c \
	%D%/compare_search.c \
	%D%/concrete.c \
	%D%/confirm.c \
	%D%/html.c \
	%D%/html_claim.c \
	%D%/html_text.c \
	%D%/hunt.c \
	%D%/hunt_assume.c \
	%D%/jobs.c \
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
	%D%/lemma_set.c \
	%D%/lint.c \
	%D%/lint_container.c \
	%D%/lint_cover.c \
	%D%/lint_env.c \
	%D%/lint_eval.c \
	%D%/lint_event.c \
	%D%/lint_facts.c \
	%D%/lint_flow.c \
	%D%/lint_lang.c \
	%D%/lint_loop.c \
	%D%/lint_mount.c \
	%D%/lint_pair.c \
	%D%/lint_privilege.c \
	%D%/lint_start.c \
	%D%/lint_table.c \
	%D%/make.c \
	%D%/make_set.c \
	%D%/make_value.c \
	%D%/plan.c \
	%D%/proof_out.c \
	%D%/prove.c \
	%D%/realistic.c \
	%D%/replay.c \
	%D%/search.c \
	%D%/seek.c \
	%D%/slice.c \
	%D%/smt.c \
	%D%/snapshot.c \
	%D%/source.c \
	%D%/source_word.c \
	%D%/steps.c \
	%D%/stop.c \
	%D%/survivors.c \
	%D%/synth.c \
	%D%/synth_words.c \
	%D%/tool.c \
	%D%/trace.c \
	%D%/vocabulary.c \
	%D%/why.c \
	%D%/cache.h \
	%D%/canon.h \
	%D%/carry.h \
	%D%/cases.h \
	%D%/certify.h \
	%D%/code_of.h \
	%D%/compare.h \
	%D%/compare_hunt.h \
	%D%/concrete.h \
	%D%/html.h \
	%D%/hunt.h \
	%D%/hunt_in.h \
	%D%/jobs.h \
	%D%/joint.h \
	%D%/joint_make.h \
	%D%/joint_prove.h \
	%D%/joint_prover.h \
	%D%/lang.h \
	%D%/lemma.h \
	%D%/lemma_set.h \
	%D%/lint.def \
	%D%/lint.h \
	%D%/lint_cover.h \
	%D%/lint_flow.h \
	%D%/lint_fold.h \
	%D%/lint_loader.def \
	%D%/make.h \
	%D%/plan.h \
	%D%/proof_out.h \
	%D%/prove.h \
	%D%/prover.h \
	%D%/realistic.h \
	%D%/search.h \
	%D%/seek.h \
	%D%/slice.h \
	%D%/smt.h \
	%D%/snapshot.h \
	%D%/source.h \
	%D%/source_put.h \
	%D%/steps.h \
	%D%/stop.h \
	%D%/synth.h \
	%D%/tool.h \
	%D%/why.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = $(verifier_libraries)

# The style and script of reports, as lines of C.
report_files = %D%/report.css %D%/report.js
EXTRA_DIST += $(report_files)
BUILT_SOURCES += report_lines.h
CLEANFILES += report_lines.h
report_lines.h: $(report_files)
	$(AM_V_GEN)for kind in css js; do \
		echo "static const char *const report_$$kind[] = {"; \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/	"&\\n",/' $(srcdir)/%D%/report.$$kind || exit 1; \
		echo '	NULL'; echo '};'; \
	done >$@.new && mv $@.new $@
%D%/html.$(OBJEXT): report_lines.h
