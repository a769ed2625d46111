# SPDX-License-Identifier: Apache-2.0
#
# Instructions of decisions, by callgrind, so the same on every run: sourced,
# needs $builddir and $tmp.
#
#   counts [-hand] POLICY REQUESTS    "event verdict instructions", a line for each
#                                     request that is decided
counts() {
	rm -f "$tmp"/cg.*
	valgrind --tool=callgrind --toggle-collect=measured --dump-after=measured \
		--callgrind-out-file="$tmp/cg" "$builddir/decide" "$@" >"$tmp/played" 2>"$tmp/log" ||
		{ cat "$tmp/log" >&2; return 1; }
	i=0
	while read -r event verdict _; do
		i=$((i + 1))
		echo "$event $verdict $(sed -n 's/^totals: *//p' "$tmp/cg.$i")"
	done <"$tmp/played"
}
