noinst_LIBRARIES += libverifier.a
libverifier_a_SOURCES = \
	%D%/concrete.c \
	%D%/facts.c \
	%D%/fol.c \
	%D%/lang.c \
	%D%/lift.c \
	%D%/make.c \
	%D%/smt.c \
	%D%/synth.c \
	%D%/tree.c \
	%D%/concrete.h \
	%D%/facts.h \
	%D%/fol.h \
	%D%/lang.h \
	%D%/lift.h \
	%D%/prove.h \
	%D%/smt.h \
	%D%/synth.h \
	%D%/tree.h
bin_PROGRAMS += cocoapolv
cocoapolv_SOURCES = %D%/main.c
cocoapolv_LDADD = libverifier.a librequest.a libautomata.a libcocoapol.a libbase.a $(Z3_LIBS) $(JANSSON_LIBS) -lm
