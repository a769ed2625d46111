noinst_LIBRARIES += libsearch.a
libsearch_a_SOURCES = \
	%D%/concrete.c \
	%D%/confirm.c \
	%D%/hole.c \
	%D%/jobs.c \
	%D%/lang.c \
	%D%/make.c \
	%D%/make_set.c \
	%D%/make_value.c \
	%D%/match.c \
	%D%/plan.c \
	%D%/realistic.c \
	%D%/search.c \
	%D%/seek.c \
	%D%/shorten.c \
	%D%/slice.c \
	%D%/snapshot.c \
	%D%/stop.c \
	%D%/synth.c \
	%D%/synth_words.c \
	%D%/wish.c \
	%D%/concrete.h \
	%D%/jobs.h \
	%D%/lang.h \
	%D%/make.h \
	%D%/match.h \
	%D%/plan.h \
	%D%/realistic.h \
	%D%/search.h \
	%D%/seek.h \
	%D%/slice.h \
	%D%/snapshot.h \
	%D%/stop.h \
	%D%/synth.h \
	%D%/wish.h
