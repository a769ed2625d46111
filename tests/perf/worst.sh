#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# worst.sh [TRIES [few]]: how near to its static bound each event gets: of hard.cpol,
# and in a group that is nearly full (worst.jq): of examples/storefront.cpol and, unless
# `few`, of 1,000 declarations, and of 1,000 that share all layers.
set -u
tries=${1:-300}
status=0
export MALLOC_MMAP_THRESHOLD_=268435456 MALLOC_TRIM_THRESHOLD_=268435456   # large pieces come and go
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

run() { # NAME POLICY LIFE
	for part in setup seeds; do
		jq -c --arg part $part -f "$srcdir/tests/perf/worst.jq" "$3" >"$tmp/$part.json" || exit 2
	done
	measure "$1" "$2"
}
measure() { # NAME POLICY, after setup.json and from seeds.json
	echo "$1"
	"$builddir/worst" "$2" "$tmp/setup.json" "$tmp/seeds.json" "$tries" >"$tmp/out"
	case $? in
	0) echo "ok - $1: no decision found takes more steps than its bound" ;;
	1) echo "not ok - $1: a decision takes more steps than its bound"; status=1 ;;
	*) echo "not ok - $1: nothing is measured"; status=1 ;;
	esac
	cat "$tmp/out"
}
"$COCOAPOLC" compile "$srcdir/tests/perf/hard.cpol" -o "$tmp/hard.cpb" || exit 2
jq -n -c '[(range(60) | { event: "remember", key: ("11223344" * 7 + "000000" + (. + 10 | tostring)) }),
	(range(60) | { event: "lend", key: (. + 10 | tostring) }), { event: "take", key: "1" },
	({ event: ("make", "start", "widen", "make_again", "start_again", "forget", "make_again"), key: "a", number: 7 }
		| if .event | startswith("start") then . else del(.number) end)]' \
	>"$tmp/setup.json"
jq -n -c '("a" * 100000) as $a | [
	{ event: "two_deletes", a: ($a + "x"), b: ($a + "y") },
	{ event: "through", name: "x", texts: [$a] },
	{ event: "pairs", names: [range(48) | tostring | "0" + . | { to: .[-2:], from: .[-2:] }], texts: [$a] },
	{ event: "use", key: "a", texts: [$a] },
	({ event: ("use_wide", "use_again"), key: "a", texts: [$a] }),
	{ event: "make", key: "b" }, { event: "start", key: "a", number: 7 }, { event: "take", key: "2" },
	{ event: "remember", key: ("11223344" * 7 + "00000005") },
	{ event: "keep_digests", name: "12345678", digests: [range(64) | "11223344" * 8] },
	{ event: "say", words: (["a"] + [range(1022) | "um"] + ["31"]) }]' >"$tmp/seeds.json"
measure "what bounds forget" "$tmp/hard.cpb"
"$COCOAPOLC" compile "$srcdir/examples/storefront.cpol" -o "$tmp/storefront.cpb" || exit 2
jq -c 'map(select(.event | IN("release_secret", "shutdown_container") | not))' \
	"$srcdir/examples/storefront.requests.json" >"$tmp/life.json"
run storefront "$tmp/storefront.cpb" "$tmp/life.json"
[ $# -lt 2 ] || exit $status
for shared in '' shared; do
	sh "$srcdir/tests/perf/generate.sh" 1000 "$tmp/1000$shared" $shared
	"$COCOAPOLC" compile "$tmp/1000$shared/policy.cpol" -o "$tmp/1000$shared.cpb" || exit 2
	jq -c 'map(select(.event | IN("unmount_overlay", "shutdown_container", "unmount_device", "unmount_scratch", "agent_fault") | not))' \
		"$tmp/1000$shared/events.json" >"$tmp/life.json"
	run "1000 declarations${shared:+, layers shared}" "$tmp/1000$shared.cpb" "$tmp/life.json"
done
exit $status
