bin_PROGRAMS += cocoapolc
cocoapolc_SOURCES = \
	%D%/build.c \
	%D%/cli.c \
	%D%/dump.c \
	%D%/dump_json.c \
	%D%/explain.c \
	%D%/format.c \
	%D%/main.c \
	%D%/verity.c \
	%D%/cli.h
cocoapolc_LDADD = libimages.a libdocument.a $(compiler_libraries) $(ARCHIVE_LIBS) $(YAML_LIBS) $(CRYPTO_LIBS) \
	$(JANSSON_LIBS)
