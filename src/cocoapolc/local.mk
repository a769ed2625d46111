bin_PROGRAMS += cocoapolc
cocoapolc_SOURCES = \
	%D%/build.c \
	%D%/cli.c \
	%D%/diff.c \
	%D%/dump.c \
	%D%/dump_json.c \
	%D%/explain.c \
	%D%/format.c \
	%D%/import.c \
	%D%/inputs.c \
	%D%/layers.c \
	%D%/main.c \
	%D%/verity.c \
	%D%/build.h \
	%D%/cli.h \
	%D%/import.h \
	%D%/inputs.h
cocoapolc_LDADD = libimport.a libimages.a libdocument.a $(compiler_libraries) $(CRYPTO_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) \
	$(ARCHIVE_LIBS) $(IPSEC_MB_LIBS)
