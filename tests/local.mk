# SPDX-License-Identifier: Apache-2.0
compiler_libraries = libcompiler.a libgrammar.a libcompiler.a libautomata.a libcocoapol.a libbase.a

check_PROGRAMS += test_automata test_canon test_srcmap test_open test_decide decide requests soundness twin
test_automata_SOURCES = %D%/unit/test_automata.c
test_automata_LDADD = libautomata.a libbase.a
test_canon_SOURCES = %D%/unit/test_canon.c
test_canon_LDADD = $(compiler_libraries) $(CRYPTO_LIBS)
test_srcmap_SOURCES = %D%/unit/test_srcmap.c
test_srcmap_LDADD = libbase.a
test_open_SOURCES = %D%/unit/test_open.c %D%/unit/skeleton.h
test_open_LDADD = libcocoapol.a
test_decide_SOURCES = %D%/unit/test_decide.c %D%/unit/skeleton.h %D%/unit/request.h %D%/unit/hash.h
test_decide_LDADD = libcocoapol.a
decide_SOURCES = %D%/perf/decide.c
decide_LDADD = librequest.a libcocoapol.a libbase.a $(JANSSON_LIBS)
twin_SOURCES = %D%/verify/twin.c %D%/verify/twin_make.c %D%/verify/twin_model.c %D%/verify/twin.h
twin_LDADD = libverifier.a librequest.a $(compiler_libraries) $(Z3_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lm
soundness_SOURCES = %D%/verify/campaign.c %D%/verify/campaign_make.c %D%/verify/campaign_walk.c \
	%D%/verify/campaign.h
soundness_LDADD = $(twin_LDADD)
# COUNT=200 random policies; what is proved is never found false.
campaign: COUNT = 200
campaign: soundness
	@$(builddir)/soundness -o campaign-failed.cpol $(COUNT)
# One bug after another in the lifter and the facts: the campaign must notice.
campaign-planted: COUNT = 200
campaign-planted: soundness
	@srcdir='$(srcdir)' COUNT='$(COUNT)' PLANT='$(PLANT)' \
		COMPILE='$(CC) $(CFLAGS) -std=c11 -D_POSIX_C_SOURCE=200809L -I$(srcdir)/src -I$(srcdir)/src/bytecode -I$(builddir)' \
		LINK='$(CCLD) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)' OBJECTS='$(soundness_OBJECTS)' \
		LIBRARIES='$(soundness_LDADD) $(LIBS)' nice $(SHELL) $(srcdir)/tests/verify/campaign_planted.sh
.PHONY: campaign campaign-planted

if SANITIZERS
sanitizers_env = SANITIZERS=1
endif
test_env = srcdir='$(srcdir)' builddir='$(builddir)' CC='$(CC)' NM='$(NM)' READELF='$(READELF)' $(sanitizers_env)
check-local:
	@$(test_env) $(SHELL) $(srcdir)/tests/run.sh $(TESTS)
bench: all decide
	@$(test_env) COCOAPOLC=$(builddir)/cocoapolc COCOAPOLV=$(builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework $(SHELL) $(srcdir)/tests/perf/bench.sh
size: libcocoapol.a
	@$(test_env) $(SHELL) $(srcdir)/tests/arch/freestanding.sh libcocoapol.a
T = 60
fuzz:
	@$(test_env) $(SHELL) $(srcdir)/tests/fuzz/fuzz.sh $(T)
COUNT = 1000000
fuzz-count: all requests
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework \
		srcdir=$(abs_srcdir) builddir=$(abs_builddir) $(SHELL) $(srcdir)/tests/fuzz/smoke.sh $(COUNT) $(COUNT)
planted: all twin
	@$(test_env) srcdir=$(abs_srcdir) builddir=$(abs_builddir) $(SHELL) $(srcdir)/tests/verify/planted.sh
.PHONY: bench size fuzz fuzz-count planted
requests_SOURCES = %D%/fuzz/requests.c
requests_LDADD = librequest.a libcocoapol.a libbase.a $(JANSSON_LIBS)
