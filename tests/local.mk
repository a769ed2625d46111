# SPDX-License-Identifier: Apache-2.0
guest_libraries = librequest.a libcocoapol.a libbase.a $(JANSSON_LIBS)
check_libraries = libcheck.a liblift.a libautomata.a libcocoapol.a libbase.a $(CRYPTO_LIBS)

check_PROGRAMS += test_automata test_bounds test_canon test_decide test_digests test_document test_ground test_group test_hcsshim test_limits test_open test_source test_srcmap \
	compare compare_alone decide fields flow fuzz_compile fuzz_decide fuzz_json fuzz_open fuzz_sequence fuzz_twin hostile images invent mutate raise requests soundness twin vector_mutants worst
test_automata_SOURCES = %D%/unit/test_automata.c
test_automata_LDADD = libautomata.a libbase.a
test_bounds_SOURCES = %D%/unit/test_bounds.c %D%/unit/skeleton.h %D%/unit/request.h
test_bounds_LDADD = libbound.a libcocoapol.a libbase.a
test_canon_SOURCES = %D%/unit/test_canon.c
test_canon_LDADD = $(compiler_libraries) $(CRYPTO_LIBS)
test_decide_SOURCES = %D%/unit/test_decide.c %D%/unit/skeleton.h %D%/unit/request.h %D%/unit/hash.h
test_decide_LDADD = libcocoapol.a
test_digests_SOURCES = %D%/unit/test_digests.c
test_digests_LDADD = libimages.a $(CRYPTO_LIBS) $(IPSEC_MB_LIBS)
test_document_SOURCES = %D%/unit/test_document.c
test_document_LDADD = libdocument.a libbase.a $(YAML_LIBS)
test_ground_SOURCES = %D%/unit/test_ground.c
test_ground_LDADD = $(check_libraries)
test_group_SOURCES = %D%/unit/test_group.c
test_group_LDADD = libimport.a $(compiler_libraries) $(CRYPTO_LIBS)
test_limits_SOURCES = %D%/unit/test_limits.c %D%/unit/skeleton.h
test_limits_LDADD = libcocoapol.a
test_hcsshim_SOURCES = %D%/unit/test_hcsshim.c
test_hcsshim_LDADD = libimport.a libimages.a libdocument.a libautomata.a libbase.a $(CRYPTO_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(ARCHIVE_LIBS) $(IPSEC_MB_LIBS)
test_open_SOURCES = %D%/unit/test_open.c %D%/unit/skeleton.h
test_open_LDADD = libcocoapol.a
test_source_SOURCES = %D%/unit/test_source.c
test_source_LDADD = $(verifier_libraries)
test_srcmap_SOURCES = %D%/unit/test_srcmap.c
test_srcmap_LDADD = libbase.a
compare_SOURCES = %D%/verify/compare.c %D%/verify/compare_walk.c %D%/verify/compare_walk.h %D%/verify/twin.h
compare_LDADD = $(verifier_libraries)
compare_alone_SOURCES = %D%/verify/compare_alone.c %D%/verify/compare_walk.c %D%/verify/compare_walk.h %D%/verify/twin.h
compare_alone_LDADD = $(verifier_libraries)
decide_SOURCES = %D%/perf/decide.c
decide_LDADD = $(by_hand) $(guest_libraries)
# Compiled as the guest is, or the two could not be compared.
by_hand = libbyhand.a
check_LIBRARIES += $(by_hand)
libbyhand_a_SOURCES = %D%/perf/byhand.c %D%/perf/byhand.h
libbyhand_a_CFLAGS = $(STRICT_CFLAGS) $(GUEST_CFLAGS) $(EXTRA_CFLAGS)
$(by_hand): CFLAGS += $(GUEST_OPTIMIZE)
fields_SOURCES = %D%/import/fields.c
fields_LDADD = libimport.a libimages.a libdocument.a $(compiler_libraries) $(ARCHIVE_LIBS) $(IPSEC_MB_LIBS) $(YAML_LIBS) $(CRYPTO_LIBS)
flow_SOURCES = %D%/verify/flow.c %D%/verify/twin_make.c %D%/verify/twin_model.c %D%/verify/twin.h
flow_LDADD = $(verifier_libraries)
# The fuzz targets without a fuzzer: they play the inputs that are kept.
fuzz_compile_SOURCES = %D%/fuzz/compile.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h
fuzz_compile_LDADD = $(compiler_libraries) $(CRYPTO_LIBS)
fuzz_decide_SOURCES = %D%/fuzz/decide.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h %D%/unit/hash.h
fuzz_decide_LDADD = libcocoapol.a
fuzz_json_SOURCES = %D%/fuzz/json.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h
fuzz_json_LDADD = $(guest_libraries)
fuzz_open_SOURCES = %D%/fuzz/open.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h
fuzz_open_LDADD = libbound.a libcocoapol.a libbase.a
fuzz_sequence_SOURCES = %D%/fuzz/sequence.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h %D%/fuzz/hostile_part.c %D%/hostile/hostile_make.c
fuzz_sequence_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
fuzz_sequence_LDADD = $(verifier_libraries)
fuzz_twin_SOURCES = %D%/fuzz/twin.c %D%/fuzz/driver.c %D%/fuzz/fuzz.h %D%/fuzz/twin_part.c %D%/verify/twin_make.c \
	%D%/verify/twin_model.c %D%/verify/twin_vary.c
fuzz_twin_LDADD = libmetered.a $(verifier_libraries)
hostile_SOURCES = %D%/hostile/hostile.c %D%/hostile/hostile_make.c %D%/hostile/hostile.h \
	%D%/portable/record.h
hostile_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
hostile_LDADD = libmetered.a $(verifier_libraries)
images_SOURCES = %D%/import/images.c
images_LDADD = libimages.a libdocument.a libbase.a $(ARCHIVE_LIBS) $(IPSEC_MB_LIBS) $(YAML_LIBS) $(CRYPTO_LIBS)
invent_SOURCES = %D%/certificate/invent.c
invent_LDADD = $(check_libraries)
vector_mutants_SOURCES = %D%/vectors/mutants.c
vector_mutants_LDADD = $(guest_libraries)
mutate_SOURCES = %D%/certificate/mutate.c
mutate_LDADD = $(check_libraries)
raise_SOURCES = %D%/verify/raise.c
raise_LDADD = $(verifier_libraries)
requests_SOURCES = %D%/fuzz/requests.c
requests_LDADD = $(guest_libraries)
soundness_SOURCES = %D%/verify/campaign.c %D%/verify/campaign_make.c %D%/verify/campaign_walk.c \
	%D%/verify/campaign.h
soundness_LDADD = $(verifier_libraries)
# The guest, counting its work.
check_LIBRARIES += libmetered.a
libmetered_a_SOURCES = $(libcocoapol_a_SOURCES) %D%/perf/meter.h
libmetered_a_CFLAGS = $(libcocoapol_a_CFLAGS)
libmetered_a_CPPFLAGS = $(libcocoapol_a_CPPFLAGS) -include $(srcdir)/tests/perf/meter.h
twin_SOURCES = %D%/verify/twin.c %D%/verify/twin_make.c %D%/verify/twin_model.c %D%/verify/twin_vary.c \
	%D%/verify/twin.h
twin_LDADD = libmetered.a $(verifier_libraries)
worst_SOURCES = %D%/perf/worst.c %D%/perf/worst_change.c %D%/perf/worst.h %D%/perf/meter.h
worst_LDADD = librequest.a libmetered.a libcocoapol.a libbase.a $(JANSSON_LIBS)

if SANITIZERS
sanitizers_env = SANITIZERS=1
endif
test_env = GUEST_CFLAGS='$(GUEST_CFLAGS) $(GUEST_OPTIMIZE)' srcdir='$(srcdir)' builddir='$(builddir)' CC='$(CC)' NM='$(NM)' READELF='$(READELF)' IPSEC_MB_LIBS='$(IPSEC_MB_LIBS)' $(sanitizers_env)
check-local:
	@$(test_env) $(SHELL) $(srcdir)/tests/run.sh $(TESTS)
bench: all decide worst
	@$(test_env) COCOAPOLC=$(builddir)/cocoapolc COCOAPOLV=$(builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework $(SHELL) $(srcdir)/tests/perf/bench.sh
	@COCOAPOLC=$(builddir)/cocoapolc $(SHELL) $(srcdir)/tests/perf/verity.sh
	@$(test_env) COCOAPOLC=$(builddir)/cocoapolc COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework \
		$(SHELL) $(srcdir)/tests/perf/worst.sh 2000
bench-verify: all
	@$(test_env) COCOAPOLC=$(builddir)/cocoapolc COCOAPOLV=$(builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework $(SHELL) $(srcdir)/tests/perf/verify.sh
size: libcocoapol.a
	@$(test_env) $(SHELL) $(srcdir)/tests/arch/freestanding.sh libcocoapol.a | sed -n 's/^# //p'
	@if [ -n '$(POLICY)' ]; then $(builddir)/cocoapolc dump '$(POLICY)' | sed -n 's/^memory */$(notdir $(POLICY)): /p'; fi
T = 60
fuzz: all requests
	@$(test_env) $(SHELL) $(srcdir)/tests/fuzz/fuzz.sh libfuzzer $(T) $(TARGETS)
fuzz-afl: all requests
	@$(test_env) $(SHELL) $(srcdir)/tests/fuzz/fuzz.sh afl $(T) $(TARGETS)
# What was found, as few inputs as cover it, into the sources.
fuzz-merge: all requests
	@$(test_env) $(SHELL) $(srcdir)/tests/fuzz/fuzz.sh merge 0 $(TARGETS)
COUNT = 1000000
fuzz-count: all requests
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework \
		srcdir=$(abs_srcdir) builddir=$(abs_builddir) $(SHELL) $(srcdir)/tests/fuzz/smoke.sh $(COUNT) $(COUNT)
# A hostile host for some minutes, and every repair that it must miss.
soak: COUNT = 10000000
soak: all hostile
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOLV=$(abs_builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework srcdir=$(abs_srcdir) builddir=$(abs_builddir) \
		nice $(SHELL) $(srcdir)/tests/hostile/run.sh $(COUNT) $(COUNT)
# The same bytes, verdicts and states from every compiler, word size and byte order.
check-portable: all hostile
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework \
		srcdir=$(abs_srcdir) builddir=$(abs_builddir) $(SHELL) $(srcdir)/tests/portable/run.sh all
# Programs that run the guest's code, to be linked with another build of it.
guest_programs = test_open test_limits test_decide test_bounds test_canon twin hostile fuzz_open fuzz_decide fuzz_sequence
guest_env = $(test_env) srcdir=$(abs_srcdir) builddir=$(abs_builddir) LDFLAGS='$(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)' PROGRAMS='\
test_open:$(test_open_OBJECTS) $(test_open_LDADD) $(LIBS);\
test_limits:$(test_limits_OBJECTS) $(test_limits_LDADD) $(LIBS);\
test_decide:$(test_decide_OBJECTS) $(test_decide_LDADD) $(LIBS);\
test_bounds:$(test_bounds_OBJECTS) $(test_bounds_LDADD) $(LIBS);\
test_canon:$(test_canon_OBJECTS) $(test_canon_LDADD) $(LIBS);\
twin:$(twin_OBJECTS) $(twin_LDADD) $(LIBS);\
hostile:$(hostile_OBJECTS) $(hostile_LDADD) $(LIBS);\
fuzz_open:$(fuzz_open_OBJECTS) $(fuzz_open_LDADD) $(LIBS);\
fuzz_decide:$(fuzz_decide_OBJECTS) $(fuzz_decide_LDADD) $(LIBS);\
fuzz_sequence:$(fuzz_sequence_OBJECTS) $(fuzz_sequence_LDADD) $(LIBS)'
mutants.policies: all
	@mkdir -p $@ && for p in examples/storefront tests/repairs/small tests/perf/hard tests/coverage/bounds; do \
		COCOAPOL_FRAMEWORK_DIR=$(srcdir)/framework ./cocoapolc compile --no-map $(srcdir)/$$p.cpol \
			-o $@/$$(basename $$p).cpb || exit 2; done
# Small bugs in interpreter, validator and lifter, one at a time: a test must notice each.
# COUNT of them, and those of twin_planted.list; planted: the latter alone.
mutants: COUNT = 240
mutants planted: mutants.policies $(guest_programs)
	@$(guest_env) nice python3 $(srcdir)/tests/mutants/mutants.py \
		$(if $(filter planted,$@),--listed,--count $(COUNT)) $(MUTANTS)
coverage: mutants.policies $(guest_programs)
	@$(guest_env) $(SHELL) $(srcdir)/tests/coverage/coverage.sh
# Frama-C over the guest's code: what it does not exclude must have its argument.
check-proof: all
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc srcdir=$(abs_srcdir) builddir=$(abs_builddir) \
		$(SHELL) $(srcdir)/tests/proof/eva.sh $(PROOF)
check-imports: all
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOLV=$(abs_builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework srcdir=$(abs_srcdir) $(SHELL) $(srcdir)/tests/import/all.sh
check-lemmas: all
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOLV=$(abs_builddir)/cocoapolv \
		srcdir=$(abs_srcdir) $(SHELL) $(srcdir)/tests/verify/strengthen.sh framework
check-certificates: all mutate invent
	@$(test_env) COCOAPOLC=$(abs_builddir)/cocoapolc COCOAPOLV=$(abs_builddir)/cocoapolv \
		COCOAPOL_FRAMEWORK_DIR=$(abs_srcdir)/framework srcdir=$(abs_srcdir) builddir=$(abs_builddir) \
		$(SHELL) $(srcdir)/tests/certificate/run.sh 60000
# COUNT=200 random policies; what is proved is never found false.
campaign: COUNT = 200
campaign: soundness
	@$(builddir)/soundness -o campaign-failed.cpol $(COUNT)
# One bug after another in the lifter and the facts: the campaign must notice.
campaign-planted: COUNT = 200
campaign-planted: soundness twin
	@srcdir='$(srcdir)' COUNT='$(COUNT)' PLANT='$(PLANT)' \
		COMPILE='$(CC) $(CFLAGS) -std=c11 -D_POSIX_C_SOURCE=200809L -I$(srcdir)/src -I$(srcdir)/src/bytecode -I$(builddir)' \
		LINK='$(CCLD) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)' OBJECTS='$(soundness_OBJECTS)' TWIN_OBJECTS='$(twin_OBJECTS)' \
		LIBRARIES='$(soundness_LDADD) $(LIBS)' nice $(SHELL) $(srcdir)/tests/verify/campaign_planted.sh
compare-planted: compare_alone
	@srcdir='$(srcdir)' PLANT='$(PLANT)' \
		COMPILE='$(CC) $(CFLAGS) -std=c11 -D_POSIX_C_SOURCE=200809L -I$(srcdir)/src -I$(srcdir)/src/bytecode -I$(builddir)' \
		LINK='$(CCLD) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)' OBJECTS='$(compare_alone_OBJECTS)' \
		LIBRARIES='$(compare_alone_LDADD) $(LIBS)' nice $(SHELL) $(srcdir)/tests/verify/compare_planted.sh
.PHONY: bench check-imports bench-verify campaign campaign-planted compare-planted check-certificates check-lemmas check-portable check-proof coverage fuzz fuzz-afl fuzz-count fuzz-merge mutants planted size soak
