# SPDX-License-Identifier: Apache-2.0
#
# mutation.sh - for tests that spoil a framework or a policy and watch a claim
# fall; read by their scripts.  Each case runs in a process of its own:
# mutation_all runs SCRIPT --one ARGUMENTS for each line of its input.

# Of a source, the rules and one claim: what else is claimed takes time and has
# nothing to say here.  FULL=1 keeps all of it.
mutation_only() { # CLAIM
	awk -v only="${1%%.*}" -v full="${FULL:-}" '
	/^(invariant|always|never|reachable) / { split($2, name, ":"); skip = full == "" && name[1] != only }
	/^(#|$|on |def |state |ghost |restrict |event |kind |record |enum |switch |const |set |allow |container )/ { skip = 0 }
	!skip'
}

# The framework without a repair, as "mutated".
mutation_repair() { # NAME
	if [ -f "$srcdir/tests/repairs/$1.sed" ]; then
		sed -f "$srcdir/tests/repairs/$1.sed" "$srcdir/framework/cocoaexpo.cpol" >mutated
	else
		grep -v "# repair $1\$" "$srcdir/framework/cocoaexpo.cpol" >mutated
	fi
	! cmp -s mutated "$srcdir/framework/cocoaexpo.cpol" || mutation_fail "$1: the mutation changes something"
}

# An awaited failure ends the case: it is one line for the reader.
mutation_fail() { # CLAIM: with the verdicts and what was said
	echo "not ok - $1"
	jq -r '.claims[] | select(.verdict != "PROVED") | .name + " " + .verdict' out.json 2>/dev/null
	cat log
	exit 0
}

# The policy p.cpb is refuted at the claim by exactly so many requests, in 10 s of
# processor time (or mutation_seconds), and the requests replay.
mutation_falls() { # NAME CLAIM REQUESTS
	(ulimit -t "${mutation_seconds:-10}" && exec "$COCOAPOLV" prove --json --timeout 120 p.cpb) >out.json 2>log
	result=$?
	[ "$result" -eq 1 ] || mutation_fail "$1: refuted (exit status $result)"
	steps=$(jq -r --arg c "$2" '.claims[] | select(.name == $c and .verdict == "REFUTED") | .trace | length' out.json)
	[ -n "$steps" ] || mutation_fail "$1: $2 is refuted"
	[ "$steps" -eq "$3" ] || mutation_fail "$1: $2 falls to $3 requests (here $steps)"
	jq --arg c "$2" '[.claims[] | select(.name == $c).trace[].request + {expect: "allow"}]' out.json >trace.json
	"$COCOAPOLV" replay p.cpb trace.json >log 2>&1 || mutation_fail "$1: the trace replays"
	echo "ok - $1: $2 falls to $steps requests, which replay"
}

# Sets tmp, removed at the end of the script.
mutation_start() {
	tmp=$(mktemp -d) || exit 2
	trap 'rm -rf "$tmp"' EXIT
	export tmp
}

mutation_all() { # SCRIPT ARGUMENTS_PER_CASE <LINES
	xargs -P "$(nproc)" -n "$2" sh "$1" --one >"$tmp/results"
	cat "$tmp/results"
	! grep -q '^not ok' "$tmp/results"
}
