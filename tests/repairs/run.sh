#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every repair of the framework is needed: the framework without it is refuted,
# by a trace of at most 8 requests that replays.
#
# A repair is a requirement, on one line, that ends in "# repair NAME"; the
# mutation deletes that line, or is NAME.sed where the requirement only says that
# a narrowing left something.  list gives the claim that must fall for each.
framework=$srcdir/framework/cocoaexpo.cpol

fail() { # CLAIM: with the verdicts and what was said
	echo "not ok - $1"
	jq -r '.claims[] | select(.verdict != "PROVED") | .name + " " + .verdict' out.json 2>/dev/null
	cat log
	exit 0
}

one() { # NAME CLAIM
	name=$1 claim=$2
	mkdir "$tmp/$name" && cd "$tmp/$name" || exit 2
	if [ -f "$srcdir/tests/repairs/$name.sed" ]; then
		sed -f "$srcdir/tests/repairs/$name.sed" "$framework" >cocoaexpo.cpol
	else
		grep -v "# repair $name\$" "$framework" >cocoaexpo.cpol
	fi
	! cmp -s cocoaexpo.cpol "$framework" || fail "$name: the mutation changes something"
	"$COCOAPOLC" compile --framework cocoaexpo.cpol "$srcdir/tests/repairs/small.cpol" -o p.cpb 2>log ||
		fail "$name: compiles without the repair"
	"$COCOAPOLV" prove --json --timeout 120 p.cpb >out.json 2>log
	result=$?
	[ "$result" -eq 1 ] || fail "$name: refuted without the repair (exit status $result)"
	steps=$(jq -r --arg c "$claim" '.claims[] | select(.name == $c and .verdict == "REFUTED") | .trace | length' out.json)
	[ -n "$steps" ] || fail "$name: $claim is refuted without the repair"
	[ "$steps" -le 8 ] || fail "$name: $claim falls to at most 8 requests (here $steps)"
	jq --arg c "$claim" '[.claims[] | select(.name == $c).trace[].request + {expect: "allow"}]' out.json >trace.json
	"$COCOAPOLV" replay p.cpb trace.json >log 2>&1 || fail "$name: the trace replays"
	echo "ok - $name: without it $claim falls to $steps requests, which replay"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3"
	exit
fi

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export tmp
grep -o '# repair [a-z_]*$' "$framework" | cut -d' ' -f3 | sort >"$tmp/in_framework"
grep -v '^#' "$srcdir/tests/repairs/list" | cut -d' ' -f1 | sort >"$tmp/in_list"
if diff "$tmp/in_framework" "$tmp/in_list" >"$tmp/diff"; then
	echo "ok - the framework's repairs are those of the list"
else
	echo "not ok - the framework's repairs are those of the list"
	cat "$tmp/diff"
fi
grep -v '^#' "$srcdir/tests/repairs/list" | xargs -P "$(nproc)" -n 2 sh "$srcdir/tests/repairs/run.sh" --one >"$tmp/results"
cat "$tmp/results"
! grep -q '^not ok' "$tmp/results"
