bin_PROGRAMS += cocoapolc
cocoapolc_SOURCES = \
	%D%/build.c \
	%D%/cli.c \
	%D%/dump.c \
	%D%/dump_json.c \
	%D%/explain.c \
	%D%/format.c \
	%D%/main.c \
	%D%/cli.h
cocoapolc_LDADD = $(compiler_libraries) $(CRYPTO_LIBS) $(JANSSON_LIBS)
