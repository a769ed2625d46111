#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# worst.sh [TRIES [few]]: how near to its static bound each event gets: of hard.cpol, and in a group that is
# nearly full: 60 containers, every layer mounted, all created but those of the last
# life.  Of examples/storefront.cpol and, unless `few`, of 1,000 declarations, and of
# 1,000 that share all layers.
set -u
tries=${1:-300}
status=0
hex='def hex2: . as $i | "0123456789abcdef" | .[($i / 16 | floor):($i / 16 | floor) + 1] + .[$i % 16:$i % 16 + 1];'
export MALLOC_MMAP_THRESHOLD_=268435456 MALLOC_TRIM_THRESHOLD_=268435456   # large pieces come and go
long=-------------------------------------------------   # so that keys of the state are long
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# A life of many: FILE SELECT, the requests of a file so often, with other ids
# and targets each time; of the last, SELECT alone.
multiply() {
	jq -c --argjson last "$2" --argjson n "$n" --arg long "$long" "$hex"'
		def others($k): walk(if type != "string" then .
			elif test("^[0-9a-f]{64}$") then .[:62] + ($k | hex2)
			elif test("^/run/gcs/c/[0-9a-f]{64}/") then .[:73] + ($k | hex2) + .[75:]
			elif test("^/run/(layers|disks|scratch)/") then . + ($long + ($k | hex2)) else . end);
		. as $all | [range($n) as $k | $all[] | select($k < $n - 1 or ((.event | IN($last[])) | not)) | . as $r
			| others($k) | if $r.root_hash then .root_hash = $r.root_hash | .salt = $r.salt else . end | del(.expect)]' "$1"
}
run() { # NAME POLICY EVENTS
	n=$((60 / $(jq 'map(select(.event == "mount_overlay" and .expect != "deny")) | length' "$3")))
	[ $n -lt 60 ] || n=60
	multiply "$3" '["create_container"]' >"$tmp/setup.json"
	jq -c --argjson n "$n" --arg long "$long" "$hex"'
		def others: walk(if type != "string" then .
			elif test("^[0-9a-f]{64}$") then .[:62] + ($n - 1 | hex2)
			elif test("^/run/gcs/c/[0-9a-f]{64}/") then .[:73] + ($n - 1 | hex2) + .[75:]
			elif test("^/run/(layers|disks|scratch)/") then . + $long + ($n - 1 | hex2) else . end);
		map(. as $r | others | del(.expect) | if $r.root_hash then .root_hash = $r.root_hash | .salt = $r.salt else . end)
		| . + map(if .event == "exec_in_container" or .event == "signal_process" or .event == "shutdown_container"
			then .id |= .[:62] + "00" else empty end)' "$3" >"$tmp/seeds.json"
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
jq -n -c '[range(60) | { event: "remember", key: ("11223344" * 7 + "000000" + (. + 10 | tostring)) }]' >"$tmp/setup.json"
jq -n -c '("a" * 100000) as $a | [
	{ event: "two_deletes", a: ($a + "x"), b: ($a + "y") },
	{ event: "through", name: "x", texts: [$a] },
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
