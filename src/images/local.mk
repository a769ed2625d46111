noinst_LIBRARIES += libimages.a
libimages_a_SOURCES = \
	%D%/config.c \
	%D%/digests.c \
	%D%/docker.c \
	%D%/ext4.c \
	%D%/images.c \
	%D%/layer.c \
	%D%/layout.c \
	%D%/make.c \
	%D%/names.c \
	%D%/store.c \
	%D%/temporary.c \
	%D%/unpack.c \
	%D%/users.c \
	%D%/verity.c \
	%D%/digests.h \
	%D%/images.h \
	%D%/inside.h
