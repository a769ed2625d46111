#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The sample requests of hcsshim's policy simulator, with the answers of its real
# enforcer, against its own policy as we import it, and against the one written by
# hand.  Every verdict is the same or is listed, with its reason, in
# hcsshim.differences; of requests with one field changed, in hcsshim.mutants.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
vectors=$COCOAPOL_VECTORS/hcsshim
if [ ! -f "$vectors/commands.json" ]; then
	echo "skip - 94 recorded requests and 600 mutants get the recorded verdicts: no $vectors"
	exit 0
fi

# Lines "NUMBER VERDICT" of what differs, and what is listed.
compare() { # CLAIM LIST DIFFERENT DETAILS
	grep -v '^#' "$srcdir/tests/vectors/$2" | cut -d' ' -f1,2 | sort -n >"$tmp/listed"
	if diff "$tmp/listed" "$3" >"$tmp/diff"; then
		echo "ok - $1 but for $(wc -l <"$tmp/listed") listed"
	else
		echo "not ok - $1 but for those listed"
		cat "$tmp/diff"
		sed -n 's/^[<>] \([0-9]*\) .*/\1/p' "$tmp/diff" | while read -r i; do
			grep "^$i " "$4"
		done
		status=1
	fi
}
counted() { # CLAIM FILE COUNT
	if [ "$3" -gt 0 ] && [ "$(wc -l <"$2")" -eq "$3" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1 ($(wc -l <"$2") of $3)"
		cat "$tmp/log"
		status=1
	fi
}

jq -r 'to_entries[] | "\(.key) \(if .value.allowed then "allow" else "deny" end)"' "$vectors/outcomes.json" >"$tmp/theirs"
recorded() { # POLICY.cpb WHICH
	"$COCOAPOLV" replay --from hcsshim --json "$1" "$vectors/commands.json" >"$tmp/ours.json" 2>"$tmp/log"
	jq -r '.requests | to_entries[] | "\(.key) \(if .value.allowed then "allow" else "deny" end)"' "$tmp/ours.json" >"$tmp/ours"
	jq -r '.requests | to_entries[] | "\(.key) \(.value)"' "$tmp/ours.json" >"$tmp/details"
	counted "$2: each of the recorded requests has a verdict" "$tmp/ours" "$(wc -l <"$tmp/theirs")"
	diff "$tmp/theirs" "$tmp/ours" | sed -n 's/^> //p' >"$tmp/different"
	compare "$2: recorded requests have the real enforcer's verdicts" hcsshim.differences "$tmp/different" "$tmp/details"
}
mutated() { # POLICY.cpb WHICH
	"$builddir/vector_mutants" "$1" "$vectors/commands.json" "$vectors/mutants.jsonl" >"$tmp/details" 2>"$tmp/log"
	counted "$2: each of the mutants has a verdict" "$tmp/details" "$(wc -l <"$vectors/mutants.jsonl")"
	awk '$2 != $3 { print $1, $2 }' "$tmp/details" >"$tmp/different"
	compare "$2: mutants have the real enforcer's verdicts" hcsshim.mutants "$tmp/different" "$tmp/details"
}

cp "$vectors/policy.rego" "$tmp/imported.rego" &&
	"$COCOAPOLC" import "$tmp/imported.rego" -o "$tmp/imported.cpol" 2>"$tmp/log" &&
	cp "$srcdir/examples/rustc-pause.cpol" "$tmp/written.cpol"
for which in imported written; do
	if "$COCOAPOLC" compile "$tmp/$which.cpol" -o "$tmp/$which.cpb" 2>>"$tmp/log"; then
		recorded "$tmp/$which.cpb" "$which"
		mutated "$tmp/$which.cpb" "$which"
	else
		echo "not ok - the $which policy compiles"
		cat "$tmp/log"
		status=1
	fi
done
exit $status
