#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# make bench-verify: what proving costs as declarations and invariants grow.
# Wall time is of this machine and what else it does; processor time less so.
# The ratio is that of processor time to the line of 10 containers, all claims.
#
# Fewer invariants: a copy of the framework without step claims and with the
# first of the invariants below, each of which rests on those before it alone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
framework=$srcdir/framework/cocoaexpo.cpol
first='device_form disk_form scratch_form overlay_form share_form id_form device_is_real apart_device
apart_disks apart_scratch apart_overlays apart_shares counted_used never_reused encrypted_scratch
outside_system one_mount_each one_container upper_owned started_live'

# The framework with these invariants only (and those that no list names, if
# they fit in).
few() { # N
	awk -v most="$1" -v first="$first" '
	function name(line) { sub(/^[a-z]+ /, "", line); sub(/:.*/, "", line); return line }
	BEGIN { n = split(first, names, /[ \n]+/); for (i = 1; i <= n; i++) place[names[i]] = i }
	FNR == NR {
		if (/^invariant / && !(name($0) in place)) place[name($0)] = ++n
		next
	}
	/^(invariant|always|never) / {
		skip = !/^invariant / || place[name($0)] > most
	}
	/^(#|def|on|restrict)/ || /^$/ { skip = 0 }
	!skip' "$framework" "$framework"
}

best() { # ARGUMENT...: of three runs that with the least processor time, as JSON
	for _ in 1 2 3; do
		"$COCOAPOLV" prove --json "$@" || { echo "failed: prove $*" >&2; exit 1; }
	done | jq -s 'min_by(.cpu_seconds)'
}

row() { # NAME CPB
	best "$2" >"$tmp/all.json"
	rm -rf "$tmp/cache"
	"$COCOAPOLV" prove --cache "$tmp/cache" "$2" >"$tmp/log"
	best --cache "$tmp/cache" "$2" >"$tmp/cached.json"
	jq -r --arg name "$1" --slurpfile cached "$tmp/cached.json" --arg ten "$(cat "$tmp/ten")" '
		[$name, .proved, .queries, (.seconds * 1000 | round), (.cpu_seconds * 1000 | round),
		 (if $ten == "" then "-" else .cpu_seconds / ($ten | tonumber) * 100 | round / 100 end),
		 (.peak_kib / 1024 | round), ($cached[0].seconds * 1000 | round),
		 ($cached[0].cpu_seconds * 1000 | round)] | @tsv' "$tmp/all.json"
}

table() { awk -F'\t' '{ printf "%-24s %7s %8s %8s %8s %7s %8s %10s %10s\n", $1, $2, $3, $4, $5, $6, $7, $8, $9; fflush() }'; }
printf 'of\tproved\tqueries\tms\tcpu ms\tratio\tpeak MB\tcached ms\tcached cpu\n' | table
for n in 1 10 100 1000; do
	sh "$srcdir/tests/perf/generate.sh" $n "$tmp/$n"
	"$COCOAPOLC" compile "$tmp/$n/policy.cpol" -o "$tmp/$n.cpb"
done
: >"$tmp/ten"
best "$tmp/10.cpb" | jq .cpu_seconds >"$tmp/ten"
for n in 1 10 100 1000; do
	row "$n containers" "$tmp/$n.cpb" | table
done
for n in 1 2 5 10 20 40; do
	few $n >"$tmp/few.cpol"
	"$COCOAPOLC" compile --framework "$tmp/few.cpol" "$tmp/10/policy.cpol" -o "$tmp/few.cpb"
	row "$n invariants" "$tmp/few.cpb" | table
done
