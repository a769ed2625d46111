#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Costs that must not grow with the number of declarations: instructions of one
# decision and of a proof that is known (counted by callgrind, so the same on every
# run), queries of a proof, and the size of what is compiled.  Times are printed,
# never judged: see make bench.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

instructions() { # CPB REQUESTS -> instructions of the last decision
	valgrind --tool=callgrind --toggle-collect=measured --callgrind-out-file="$tmp/cg" \
		"$builddir/decide" "$1" "$2" 2>"$tmp/log" || { cat "$tmp/log" >&2; return 1; }
	sed -n 's/^summary: *//p; s/^totals: *//p' "$tmp/cg" | head -1
}

for n in 10 1000; do
	sh "$srcdir/tests/perf/generate.sh" $n "$tmp/$n"
	start=$(date +%s%N)
	if "$COCOAPOLC" compile "$tmp/$n/policy.cpol" -o "$tmp/$n/policy.cpb" 2>"$tmp/log"; then
		ms=$((($(date +%s%N) - start) / 1000000))
		echo "ok - $n containers of 6 layers compile ($ms ms, $(wc -c <"$tmp/$n/policy.cpb") bytes)"
	else
		echo "not ok - $n containers of 6 layers compile"
		cat "$tmp/log"
		exit 1
	fi
done
# With a second round, or a look for traces of what is true, it would be more.
for n in 10 1000; do
	"$COCOAPOLV" prove --json --timeout 300 --cache "$tmp/$n/cache" "$tmp/$n/policy.cpb" >"$tmp/$n/out.json" 2>"$tmp/log" ||
		cat "$tmp/log"
done
few=$(jq .queries "$tmp/10/out.json") many=$(jq .queries "$tmp/1000/out.json")
if [ "$many" -eq "$few" ] && [ "$many" -gt 200 ] && [ "$many" -le 300 ]; then
	echo "ok - a proof of the framework: $few queries with 10 containers, $many with 1000"
else
	echo "not ok - a proof of the framework: $few queries with 10 containers, $many with 1000"
	status=1
fi
if [ -n "${SANITIZERS:-}" ] || ! command -v valgrind >/dev/null; then
	echo "skip - a decision costs the same at any size: needs valgrind and a build without sanitizers"
	echo "skip - what was proved is looked up soon: needs valgrind and a build without sanitizers"
	exit $status
fi
valgrind --tool=callgrind --callgrind-out-file="$tmp/cg" "$COCOAPOLV" prove --json --timeout 300 \
	--cache "$tmp/1000/cache" "$tmp/1000/policy.cpb" >"$tmp/out.json" 2>"$tmp/log"
millions=$(($(sed -n 's/^summary: *//p; s/^totals: *//p' "$tmp/cg" | head -1) / 1000000))
if [ "$(jq .queries "$tmp/out.json")" -eq 0 ] && [ $millions -gt 0 ] && [ $millions -lt 400 ]; then
	echo "ok - what was proved is looked up soon ($millions million instructions with 1000 containers)"
else
	echo "not ok - what was proved is looked up soon ($millions million instructions with 1000 containers)"
	cat "$tmp/log"
	status=1
fi
for event in create_container mount_overlay mount_device; do
	for n in 10 1000; do
		# The requests up to and with the last of this event.
		jq --arg e $event '(map(.event == $e) | rindex(true)) as $i | .[:$i + 1]' \
			"$tmp/$n/requests.json" >"$tmp/$n/$event.json"
		instructions "$tmp/$n/policy.cpb" "$tmp/$n/$event.json" >"$tmp/$n/$event.count" || status=1
	done
	few=$(cat "$tmp/10/$event.count") many=$(cat "$tmp/1000/$event.count")
	if [ -n "$few" ] && [ -n "$many" ] && [ "$many" -lt $((2 * few)) ]; then
		echo "ok - $event: $few instructions with 10 containers, $many with 1000"
	else
		echo "not ok - $event: $few instructions with 10 containers, $many with 1000"
		status=1
	fi
done
exit $status
