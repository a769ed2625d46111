#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every repair of the framework is needed: the framework without it is refuted,
# by a shortest trace, which replays.
#
# A repair is a requirement, on one line, that ends in "# repair NAME"; the
# mutation deletes that line, or is NAME.sed where the requirement only says that
# a narrowing left something.  list gives the claim that must fall for each, and
# the requests that it takes.
framework=$srcdir/framework/cocoaexpo.cpol
. "$srcdir/tests/mutation.sh"
mutation_seconds=30     # id_reused takes about 11

one() { # NAME CLAIM REQUESTS
	name=$1 claim=$2
	mkdir "$tmp/$name" && cd "$tmp/$name" || exit 2
	mutation_repair "$name"
	mutation_only "$claim" <mutated >cocoaexpo.cpol
	"$COCOAPOLC" compile --framework cocoaexpo.cpol "$srcdir/tests/repairs/small.cpol" -o p.cpb 2>log ||
		mutation_fail "$name: compiles without the repair"
	mutation_falls "without $name" "$claim" "$3"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3" "$4"
	exit
fi

mutation_start
grep -o '# repair [a-z_]*$' "$framework" | cut -d' ' -f3 | sort >"$tmp/in_framework"
grep -v '^#' "$srcdir/tests/repairs/list" | cut -d' ' -f1 | sort >"$tmp/in_list"
if diff "$tmp/in_framework" "$tmp/in_list" >"$tmp/diff"; then
	echo "ok - the framework's repairs are those of the list"
else
	echo "not ok - the framework's repairs are those of the list"
	cat "$tmp/diff"
fi
grep -v '^#' "$srcdir/tests/repairs/list" | mutation_all "$srcdir/tests/repairs/run.sh" 3
