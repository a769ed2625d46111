# The guest: one archive, freestanding.
lib_LIBRARIES += libcocoapol.a
libcocoapol_a_CFLAGS = $(STRICT_CFLAGS) $(GUEST_CFLAGS) $(EXTRA_CFLAGS)
libcocoapol_a_CPPFLAGS = -I$(srcdir)/src -I$(srcdir)/src/bytecode
libcocoapol_a_SOURCES = \
	%D%/code.c \
	%D%/insn.c \
	%D%/weight.c \
	%D%/open.c \
	%D%/pools.c \
	%D%/sections.c \
	%D%/used.c \
	%D%/decode.h \
	%D%/judge.h \
	%D%/mem.h \
	%D%/open.h
cocoapolincludedir = $(includedir)/cocoapol
dist_cocoapolinclude_HEADERS = %D%/bytecode.h %D%/opcodes.def %D%/errors.def src/runtime/cpol.h
# Small beats fast in the guest, and both are good: whatever CFLAGS says, this
# archive is built for size.
$(lib_LIBRARIES): CFLAGS += $(GUEST_OPTIMIZE)
