noinst_LIBRARIES += libcertify.a
libcertify_a_SOURCES = \
	%D%/carry.c \
	%D%/cases.c \
	%D%/certify.c \
	%D%/code_of.c \
	%D%/hunt.c \
	%D%/hunt_assume.c \
	%D%/carry.h \
	%D%/cases.h \
	%D%/certify.h \
	%D%/code_of.h \
	%D%/hunt.h \
	%D%/hunt_in.h
