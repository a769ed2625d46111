#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh COUNT COUNT_WITHOUT [REPAIR...]: the hostile host asks COUNT requests of two
# policies and finds nothing; of the framework without a repair (those of
# tests/repairs/list, or the ones given) it finds within COUNT_WITHOUT requests that
# the claim is broken, and what it was allowed replays.
. "$srcdir/tests/mutation.sh"
requests=$srcdir/tests/hostile/small.requests.json

campaign() { # POLICY REQUESTS COUNT SEED
	"$COCOAPOLC" compile --no-map "$1" -o "$tmp/$4.cpb" 2>"$tmp/$4.log" &&
		"$builddir/hostile" -s "$4" -o "$tmp/$4.json" "$tmp/$4.cpb" "$2" "$3" >"$tmp/$4.out" 2>&1
	result=$?
	cat "$tmp/$4.log" "$tmp/$4.out"
	[ "$result" -eq 0 ] || { [ ! -f "$tmp/$4.json" ] || cat "$tmp/$4.json"; }
	return $result
}

one() { # NAME CLAIM COUNT
	name=$1 claim=$2
	mkdir "$tmp/$name" && cd "$tmp/$name" || exit 2
	mutation_repair "$name"
	mutation_only "$claim" <mutated >cocoaexpo.cpol
	"$COCOAPOLC" compile --framework cocoaexpo.cpol --no-map "$srcdir/tests/repairs/small.cpol" -o p.cpb 2>log ||
		mutation_fail "$name: compiles without the repair"
	"$builddir/hostile" -o trace.json p.cpb "$requests" "$3" >log 2>&1
	grep -q "^not ok - hostile: broken: $claim " log || mutation_fail "without $name the hostile host breaks $claim"
	"$COCOAPOLV" replay p.cpb trace.json >log 2>&1 || mutation_fail "$name: what the hostile host was allowed replays"
	echo "ok - without $name the hostile host breaks $claim, and what it was allowed replays"
}

if [ "${1:-}" = --one ]; then
	one "$2" "$3" "$4"
	exit
fi

count=$1 count_without=$2
shift 2
mutation_start
campaign "$srcdir/examples/storefront.cpol" "$srcdir/examples/storefront.requests.json" "$count" 1 >"$tmp/storefront.result" &
campaign "$srcdir/tests/repairs/small.cpol" "$requests" "$count" 2
status=$?
wait $! || status=1
cat "$tmp/storefront.result"
grep -v '^#' "$srcdir/tests/repairs/list" | while read -r name claim _; do
	case " $* " in "  " | *" $name "*) echo "$name $claim $count_without" ;; esac
done | mutation_all "$srcdir/tests/hostile/run.sh" 3 || status=1
exit $status
