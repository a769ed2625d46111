noinst_LIBRARIES += libverifier.a
libverifier_a_SOURCES = \
	%D%/claims.c \
	%D%/proof_out.c \
	%D%/replay.c \
	%D%/proof_out.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = $(verifier_libraries)
