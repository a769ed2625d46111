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
. "$srcdir/tests/perf/count.sh"

for n in 1 10 1000 100shared; do
	sh "$srcdir/tests/perf/generate.sh" ${n%shared} "$tmp/$n" "$(echo $n | tr -d 0-9)"
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
for n in 10 1000 100shared; do
	counts "$tmp/$n/policy.cpb" "$tmp/$n/events.json" >"$tmp/$n/counts" || status=1
done
counts -hand "$tmp/1/policy.cpb" "$tmp/1/events.json" >"$tmp/1/counts" || status=1
last() { # DIRECTORY EVENT VERDICT: instructions of the last such decision
	sed -n "s/^$2 $3 //p" "$tmp/$1/counts" | tail -1
}
most() { # WORDS MANY FEW TENTHS: that MANY is at most so many tenths of FEW
	if [ -n "$2" ] && [ -n "$3" ] && [ $((10 * $2)) -le $(($4 * $3)) ]; then
		echo "ok - $1: $2 instructions, at most $4 tenths of $3"
	else
		echo "not ok - $1: $2 instructions, at most $4 tenths of $3"
		status=1
	fi
}
cut -d' ' -f1,2 "$tmp/10/counts" | sort -u >"$tmp/decisions"
while read -r event verdict; do
	most "$event $verdict costs the same with 1000 containers as with 10" \
		"$(last 1000 "$event" "$verdict")" "$(last 10 "$event" "$verdict")" 13
done <"$tmp/decisions"
most "a container that is denied costs no more than one that is allowed" \
	"$(last 1000 create_container denied)" "$(last 1000 create_container allowed)" 10
for verdict in allowed denied; do
	most "a container $verdict, of 100 declarations that share all layers, against one that shares none" \
		"$(last 100shared create_container $verdict)" "$(last 10 create_container $verdict)" 50
	most "a container $verdict, against what is written by hand in C and compiled with the same flags" \
		"$(last 10 create_container $verdict)" "$(last 1 create_container $verdict)" 30
done
exit $status
