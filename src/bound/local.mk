noinst_LIBRARIES += libbound.a
libbound_a_SOURCES = \
	%D%/bound.c \
	%D%/cost.c \
	%D%/costs.c \
	%D%/known.c \
	%D%/loops.c \
	%D%/relations.c \
	%D%/walk.c \
	%D%/bound.h \
	%D%/cost.h \
	%D%/walk.h
