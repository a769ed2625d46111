check_PROGRAMS += test_automata test_open test_decide decide fuzz_open fuzz_decide twin
test_automata_SOURCES = %D%/unit/test_automata.c
test_automata_LDADD = libautomata.a libbase.a
test_open_SOURCES = %D%/unit/test_open.c
test_open_LDADD = libcocoapol.a
test_decide_SOURCES = %D%/unit/test_decide.c
test_decide_LDADD = libcocoapol.a
decide_SOURCES = %D%/perf/decide.c
decide_LDADD = librequest.a libcocoapol.a libbase.a $(JANSSON_LIBS)
fuzz_open_SOURCES = %D%/fuzz/open.c %D%/fuzz/driver.c
fuzz_open_LDADD = libcocoapol.a
fuzz_decide_SOURCES = %D%/fuzz/decide.c %D%/fuzz/driver.c
fuzz_decide_LDADD = libcocoapol.a
twin_SOURCES = %D%/verify/twin.c
twin_LDADD = libverifier.a librequest.a libcompiler.a libgrammar.a libcompiler.a libautomata.a libcocoapol.a libbase.a \
	$(Z3_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) -lm

if SANITIZERS
sanitizers_env = SANITIZERS=1
endif
TEST_ENV = srcdir='$(srcdir)' builddir='$(builddir)' CC='$(CC)' NM='$(NM)' READELF='$(READELF)' $(sanitizers_env)
check-local:
	@$(TEST_ENV) $(SHELL) $(srcdir)/tests/run.sh $(TESTS)
bench: all decide
	@$(TEST_ENV) COCOAPOLC=$(builddir)/cocoapolc COCOAPOLV=$(builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework $(SHELL) $(srcdir)/tests/perf/bench.sh
size: libcocoapol.a
	@$(TEST_ENV) $(SHELL) $(srcdir)/tests/arch/freestanding.sh libcocoapol.a
.PHONY: bench size
