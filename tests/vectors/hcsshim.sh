#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The sample requests of hcsshim's policy simulator, with the answers of its real
# enforcer, against our policy of the same containers.  Every verdict is the same
# or is listed, with its reason, in hcsshim.differences.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
vectors=$COCOAPOL_VECTORS/hcsshim
if [ ! -f "$vectors/commands.json" ]; then
	echo "skip - 94 recorded requests get the recorded verdicts: no $vectors"
	exit 0
fi
if ! "$COCOAPOLC" compile "$srcdir/examples/rustc-pause.cpol" -o "$tmp/p.cpb" 2>"$tmp/log"; then
	echo "not ok - the sample policy compiles"
	cat "$tmp/log"
	exit 1
fi
"$COCOAPOLV" replay --from hcsshim --json "$tmp/p.cpb" "$vectors/commands.json" >"$tmp/ours.json" 2>"$tmp/log"
jq -r 'to_entries[] | "\(.key) \(if .value.allowed then "allow" else "deny" end)"' "$vectors/outcomes.json" >"$tmp/theirs"
jq -r '.requests | to_entries[] | "\(.key) \(if .value.allowed then "allow" else "deny" end)"' "$tmp/ours.json" >"$tmp/ours"
n=$(wc -l <"$tmp/theirs")
if [ "$n" -gt 0 ] && [ "$(wc -l <"$tmp/ours")" -eq "$n" ]; then
	echo "ok - each of the $n recorded requests has a verdict"
else
	echo "not ok - each of the $n recorded requests has a verdict ($(wc -l <"$tmp/ours"))"
	cat "$tmp/log"
	status=1
fi
diff "$tmp/theirs" "$tmp/ours" | sed -n 's/^> //p' >"$tmp/different"
grep -v '^#' "$srcdir/tests/vectors/hcsshim.differences" | cut -d' ' -f1,2 >"$tmp/listed"
if diff "$tmp/listed" "$tmp/different" >"$tmp/diff"; then
	echo "ok - verdicts are those of the real enforcer but for $(wc -l <"$tmp/listed") listed"
else
	echo "not ok - verdicts are those of the real enforcer but for those listed"
	cat "$tmp/diff"
	sed -n 's/^> \([0-9]*\) .*/\1/p' "$tmp/diff" | while read -r i; do
		jq -c ".requests[$i]" "$tmp/ours.json"
	done
	status=1
fi
exit $status
