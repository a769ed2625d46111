#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# coverage.sh: branches of the guest's code that the tests take.  Each operand of && and
# || is a branch of its own to gcov, so this is a table of conditions; it is not
# MC/DC, which gcc 12 and clang 14 don't measure.  What is not taken must be in
# excluded.list, with the argument.
# Environment: srcdir, builddir, CC (gcc), PROGRAMS (name:objects and libraries;...).
set -u
command -v gcov >/dev/null || { echo "make coverage needs gcov: apt-get install gcc"; exit 2; }
work=$builddir/coverage
rm -rf "$work"
mkdir -p "$work" && cd "$work" || exit 2
for source in "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/*.c; do
	gcc -std=c11 --coverage -O0 -fprofile-update=atomic -ffreestanding -w -I"$srcdir/src" -I"$srcdir/src/bytecode" -c "$source" || exit 2
done
ar rcs libcocoapol.a ./*.o
{ echo "$PROGRAMS" | tr -d '\\\n' | tr ';' '\n'; echo; } | while IFS=: read -r name rest; do
	name=$(echo $name)
	[ -n "$name" ] || continue
	rest=$(echo "$rest" | sed "s#libmetered.a##; s#libcocoapol.a#$work/libcocoapol.a#g")
	# shellcheck disable=SC2086
	(cd "$builddir" && gcc --coverage $LDFLAGS $rest -o "$work/$name") || exit 2
done || exit 2

COCOAPOL_FUZZ_POLICY=$builddir/mutants.policies/storefront.cpb
COCOAPOL_FUZZ_REQUESTS=$srcdir/examples/storefront.requests.json
export COCOAPOL_FUZZ_POLICY COCOAPOL_FUZZ_REQUESTS
run() { # NAME ARGUMENTS...: what is said and how it ends is for the tests themselves
	name=$1
	shift
	"./$name" "$@" >"$name.log" 2>&1 || echo "# $name ended with $?: $(tail -1 "$name.log")"
}
run test_open
run test_limits
run test_decide
run test_bounds
run test_canon
for target in open decide sequence; do
	run fuzz_$target "$srcdir"/tests/fuzz/corpus/$target/*
done
run fuzz_open "$builddir"/mutants.policies/*.cpb
run hostile "$builddir/mutants.policies/small.cpb" "$srcdir/tests/hostile/small.requests.json" 20000
run twin 20000
gcov -b -c -j ./*.o >gcov.log 2>&1
python3 "$srcdir/tests/coverage/report.py" "$srcdir" ./*.gcov.json.gz
