noinst_LIBRARIES += libprove.a
libprove_a_SOURCES = \
	%D%/ask.c \
	%D%/cache.c \
	%D%/canon.c \
	%D%/lemma.c \
	%D%/lemma_set.c \
	%D%/prove.c \
	%D%/question.c \
	%D%/smt.c \
	%D%/survivors.c \
	%D%/vocabulary.c \
	%D%/cache.h \
	%D%/canon.h \
	%D%/lemma.h \
	%D%/lemma_set.h \
	%D%/prove.h \
	%D%/prover.h \
	%D%/smt.h

# Which verifier it is: another one does not believe what this one kept of whole
# policies.  All that a verdict rests on counts.
BUILT_SOURCES += verifier_id.h
CLEANFILES += verifier_id.h
verifier_id.h: $(libbase_a_SOURCES) $(libcocoapol_a_SOURCES) $(libautomata_a_SOURCES) $(libcheck_a_SOURCES) \
		$(liblift_a_SOURCES) $(libsearch_a_SOURCES) $(libprove_a_SOURCES) $(libverifier_a_SOURCES)
	$(AM_V_GEN)id=`cat $^ | sha256sum | cut -c 1-16` && \
		echo "#define VERIFIER_ID \"$$id\"" >$@-t && mv $@-t $@
