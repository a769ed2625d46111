noinst_LIBRARIES += liblint.a
liblint_a_SOURCES = \
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
	%D%/lint.def \
	%D%/lint.h \
	%D%/lint_cover.h \
	%D%/lint_flow.h \
	%D%/lint_fold.h \
	%D%/lint_loader.def
