# The guest: one archive, freestanding.
lib_LIBRARIES += libcocoapol.a
libcocoapol_a_CFLAGS = $(STRICT_CFLAGS) $(GUEST_CFLAGS) $(EXTRA_CFLAGS)
libcocoapol_a_CPPFLAGS = -I$(srcdir)/src
libcocoapol_a_SOURCES =
cocoapolincludedir = $(includedir)/cocoapol
dist_cocoapolinclude_HEADERS = \
	%D%/bytecode.h %D%/opcodes.def %D%/errors.def
