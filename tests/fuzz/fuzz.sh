#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz.sh libfuzzer|afl|merge SECONDS [TARGET...]: each target for so long.  What is found
# stays in the build folder: fuzz/corpus/TARGET, and fuzz/crash for what went wrong.
# merge: the smallest set of inputs that covers as much goes to tests/fuzz/corpus.
set -eu
how=$1 seconds=$2
shift 2
builddir=$(cd "$builddir" && pwd)
srcdir=$(cd "$srcdir" && pwd)
COCOAPOLC=$builddir/cocoapolc
COCOAPOL_FRAMEWORK_DIR=$srcdir/framework
export COCOAPOL_FRAMEWORK_DIR
tmp=$builddir/fuzz/$how
mkdir -p "$tmp" "$builddir/fuzz/crash"
. "$srcdir/tests/fuzz/targets.sh"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $targets $([ "$how" != libfuzzer ] || echo $readers)

case $how in
afl)
	CC=afl-clang-fast cover=
	needs="afl++ clang" ;;
*)
	CC=clang cover=-fsanitize=fuzzer-no-link
	needs=clang ;;
esac
command -v $CC >/dev/null || { echo "make fuzz needs $CC: apt-get install $needs"; exit 2; }

# Every library but what has a main(); the archive gives each target what it asks for.
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fno-omit-frame-pointer -w -fno-sanitize-recover=all
	-DCOCOAPOL_DATADIR=\"/nowhere\" -DCOCOAPOL_VERSION=\"fuzz\" -I$srcdir -I$srcdir/src -I$srcdir/src/bytecode
	-I$srcdir/tests -I$builddir -I$builddir/grammar -I$srcdir/grammar"
# Hosted code adds 0 to NULL here and there, where a list is empty; the guest does not.
# The twins run without sanitizers: what they look for is not in memory, and many are wanted.
sanitize="-fsanitize=address,undefined -fno-sanitize=pointer-overflow"

build_library() { # NAME GUEST_FLAGS HOSTED_FLAGS
	objects=$tmp/objects.$1
	mkdir -p "$objects"
	for source in "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/*.c; do
		compile "$2" "$source"
	done
	for source in "$srcdir"/src/base/*.c "$srcdir"/src/automata/*.c "$srcdir"/src/bound/*.c "$srcdir"/src/request/*.c "$srcdir"/src/compiler/*.c \
		"$srcdir"/src/lift/*.c "$srcdir"/src/demand/*.c "$srcdir/src/search/snapshot.c" "$builddir/grammar/parse.c" \
		"$builddir/grammar/scan.c"; do
		compile "$3" "$source"
	done
	rm -f "$tmp/$1.a"
	ar rcs "$tmp/$1.a" "$objects"/*.o
}

newest=$(find "$srcdir/src" "$srcdir/tests" -name '*.h' -o -name '*.def' | xargs ls -t | sed -n 1p)
compile() { # FLAGS SOURCE: unless the object is newer than it and all headers
	object=$objects/$(basename "$(dirname "$2")")-$(basename "$2" .c).o
	# shellcheck disable=SC2086
	{ [ "$object" -nt "$2" ] && [ "$object" -nt "$newest" ]; } || $CC $flags $1 -c "$2" -o "$object"
}

build_one() { # TARGET
	case $1 in
	rego | yaml | image)
		build_target "$1" "" -fsanitize=fuzzer,address,undefined && mv "$tmp/$1" "$tmp/fuzz_$1"
		return ;;
	twin) library=plain with= ;;
	*) library=sanitized with=$sanitize ;;
	esac
	objects=$tmp
	# shellcheck disable=SC2046
	for source in "$srcdir/tests/fuzz/$1.c" $(sources_of "$1"); do
		compile "$cover $with" "$source"
	done
	# shellcheck disable=SC2046,SC2086
	$CC -fsanitize=fuzzer $with $(for s in "$srcdir/tests/fuzz/$1.c" $(sources_of "$1"); do
		echo "$tmp/$(basename "$(dirname "$s")")-$(basename "$s" .c).o"
	done) "$tmp/$library.a" -ljansson -lcrypto -o "$tmp/fuzz_$1"
}

run_one() { # TARGET
	corpus=$builddir/fuzz/corpus/$1 kept=$srcdir/tests/fuzz/corpus/$1
	mkdir -p "$corpus"
	[ -d "$kept" ] || kept=
	case $how in
	libfuzzer)
		# shellcheck disable=SC2046,SC2086
		"$tmp/fuzz_$1" -max_total_time="$seconds" -max_len=65536 -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
			-artifact_prefix="$builddir/fuzz/crash/$1-" "$corpus" $kept $(seeds_of "$1") 2>&1 | tee "$tmp/$1.log" |
			tail -n 12 | grep -E "stat::|ERROR|DONE|SUMMARY" || :
		! grep -q "ERROR: " "$tmp/$1.log" ;;
	merge)
		rm -rf "$tmp/merged"
		mkdir "$tmp/merged"
		# shellcheck disable=SC2046,SC2086
		"$tmp/fuzz_$1" -set_cover_merge=1 -max_len=4096 "$tmp/merged" $kept "$corpus" $(seeds_of "$1") >"$tmp/$1.log" 2>&1
		kept=$srcdir/tests/fuzz/corpus/$1
		mkdir -p "$kept"
		rm -f "$kept"/*
		find "$tmp/merged" -type f -exec cp {} "$kept" \;
		echo "$1: $(ls "$kept" | wc -l) inputs, $(du -sk "$kept" | cut -f1) kB" ;;
	afl)
		mkdir -p "$tmp/in.$1"
		find $kept $(seeds_of "$1") -type f -size -64k -exec cp {} "$tmp/in.$1" \;
		AFL_CRASH_EXITCODE=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 \
			ASAN_OPTIONS=abort_on_error=1:symbolize=0:detect_leaks=0 \
			afl-fuzz -m none -t 5000+ -V "$seconds" -i "$tmp/in.$1" -o "$builddir/fuzz/afl.$1" -- "$tmp/fuzz_$1" >"$tmp/$1.log" 2>&1 ||
			{ tail -20 "$tmp/$1.log"; return 1; }
		grep -E "execs_done|saved_crashes|saved_hangs|edges_found" "$builddir/fuzz/afl.$1/default/fuzzer_stats"
		grep -q "saved_crashes *: 0$" "$builddir/fuzz/afl.$1/default/fuzzer_stats" ;;
	esac
}

make_seeds
make_text_seeds
case " $* " in *" image "*) make_image_seeds ;; esac
case " $* " in *" twin "*) build_library plain "$cover -O2" "$cover -O2" ;; esac
[ "$*" = twin ] || build_library sanitized "$cover -fsanitize=address,undefined" "$cover $sanitize"
status=0
for target in "$@"; do
	echo "== $target"
	build_one "$target"
	run_one "$target" || { echo "not ok - $target: see $builddir/fuzz/crash"; status=1; }
done
exit $status
