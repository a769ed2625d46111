noinst_LIBRARIES += libcheck.a
libcheck_a_SOURCES = \
	%D%/certificate.c \
	%D%/duty.c \
	%D%/ground.c \
	%D%/ground_look.c \
	%D%/ground_order.c \
	%D%/proof.c \
	%D%/certificate.h \
	%D%/duty.h \
	%D%/ground.h \
	%D%/ground_in.h \
	%D%/proof.h
bin_PROGRAMS += cocoapol-check
cocoapol_check_SOURCES = %D%/main.c
cocoapol_check_LDADD = $(check_libraries)
