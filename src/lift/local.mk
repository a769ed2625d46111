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
