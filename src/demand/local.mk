noinst_LIBRARIES += libdemand.a
libdemand_a_SOURCES = \
	%D%/demand.c \
	%D%/raise.c \
	%D%/same.c \
	%D%/raise.h \
	%D%/same.h
