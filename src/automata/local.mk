noinst_LIBRARIES += libautomata.a
libautomata_a_SOURCES = \
	%D%/algebra.c \
	%D%/dfa.c \
	%D%/nfa.c \
	%D%/regex.c \
	%D%/regex_set.c \
	%D%/spell.c \
	%D%/words.c \
	%D%/automaton.h \
	%D%/dfa.h \
	%D%/regex.h
