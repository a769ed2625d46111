noinst_LIBRARIES += libbound.a
libbound_a_SOURCES = \
	%D%/bound.c \
	%D%/costs.c \
	%D%/known.c \
	%D%/walk.c \
	%D%/bound.h \
	%D%/walk.h
