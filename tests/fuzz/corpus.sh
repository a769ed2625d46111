#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# corpus.sh: every input that is kept, once more to its target, without a fuzzer.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
. "$srcdir/tests/fuzz/targets.sh"
cd "$tmp" || exit 2
if ! make_seeds; then
	echo "not ok - seeds are made"
	exit 1
fi
status=0
for target in $targets; do
	# shellcheck disable=SC2046
	set -- $(find "$srcdir/tests/fuzz/corpus/$target" -type f | sort)
	if [ $# -gt 0 ] && "$builddir/fuzz_$target" "$@" >log 2>&1; then
		echo "ok - $target: the inputs that were kept ($(tail -1 log))"
	else
		echo "not ok - $target: $# inputs that were kept"
		tail -20 log
		status=1
	fi
done
exit $status
