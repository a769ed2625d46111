#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# make bench: what compiling, proving and deciding cost as declarations grow.
# Times are of this machine; the ratios to the first line are what to look at.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
ms() { # COMMAND... -> milliseconds, the least of three
	best=
	for _ in 1 2 3; do
		start=$(date +%s%N)
		"$@" >/dev/null 2>&1 || { echo "failed: $*" >&2; exit 1; }
		t=$((($(date +%s%N) - start) / 1000000))
		[ -n "$best" ] && [ "$best" -le "$t" ] || best=$t
	done
	echo "$best"
}
printf '%10s %12s %12s %12s %16s %16s %16s\n' containers bytes 'compile ms' 'prove ms' \
	'mount_device ns' 'mount_overlay ns' 'create ns'
for n in 1 10 100 1000 10000; do
	sh "$srcdir/tests/perf/generate.sh" $n "$tmp"
	compile=$(ms "$COCOAPOLC" compile "$tmp/policy.cpol" -o "$tmp/policy.cpb")
	if [ $n -le 1000 ]; then prove=$(ms "$COCOAPOLV" prove "$tmp/policy.cpb"); else prove=-; fi
	for event in mount_device mount_overlay create_container; do
		jq --arg e $event '(map(.event == $e) | rindex(true)) as $i | .[:$i + 1]' \
			"$tmp/requests.json" >"$tmp/$event.json"
	done
	printf '%10d %12d %12d %12s %16s %16s %16s\n' $n "$(wc -c <"$tmp/policy.cpb")" "$compile" "$prove" \
		"$("$builddir/decide" "$tmp/policy.cpb" "$tmp/mount_device.json" 1001)" \
		"$("$builddir/decide" "$tmp/policy.cpb" "$tmp/mount_overlay.json" 1001)" \
		"$("$builddir/decide" "$tmp/policy.cpb" "$tmp/create_container.json" 1001)"
done
