#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sanitized.sh: the tests of the guest under the address and undefined-behaviour
# sanitizers.  Of clang, if it is here: gcc lets 0 be added to NULL, which the
# language does not.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
command -v clang >/dev/null && CC=clang
flags="-std=c11 -g -O1 -w -fsanitize=address,undefined -fno-sanitize-recover=all"
include="-I$srcdir/src -I$srcdir/src/bytecode -I$srcdir/tests"
cd "$tmp" || exit 2
status=0
# shellcheck disable=SC2086
$CC $flags $include -c "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/*.c || exit 2
for test in open limits decide; do
	# shellcheck disable=SC2086
	if $CC $flags $include "$srcdir/tests/unit/test_$test.c" ./*.o -o "test_$test" && "./test_$test" >log 2>&1; then
		echo "ok - $test: $(grep -c ^ok log) claims, and nothing is undefined"
	else
		echo "not ok - $test: nothing is undefined"
		tail -20 log
		status=1
	fi
done
exit $status
