# Hosted: JSON to requests, for tools and agents that may allocate.
noinst_LIBRARIES += librequest.a
librequest_a_SOURCES = \
	%D%/encode.c \
	%D%/hcsshim.c \
	%D%/json.c \
	%D%/read.c \
	%D%/text.c \
	%D%/types.c \
	%D%/request.h \
	%D%/types.h
