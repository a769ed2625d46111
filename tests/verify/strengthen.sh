#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Claims that are true but do not follow by induction alone: the lemmas are
# found, and given as invariants they make induction enough.
#
# strengthen.sh            the small policies of strengthen/
# strengthen.sh framework  the framework without invariants that others rest on
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# NAME: prove it; out.json and log are left.
prove() {
	"$COCOAPOLC" compile ${framework:+--framework "$framework"} "$tmp/$1.cpol" -o "$tmp/$1.cpb" \
		>"$tmp/log" 2>&1 &&
		"$COCOAPOLV" prove --json --lemmas --timeout 300 "$tmp/$1.cpb" >"$tmp/out.json" 2>"$tmp/log"
}

# NAME SOURCE: prove the source, then it with its lemmas as invariants.
lemmas_suffice() {
	name=$1 source=$2
	framework=${3:-}
	cp "$source" "$tmp/$name.cpol"
	if ! prove "$name"; then
		echo "not ok - $name: proved with lemmas"
		jq -r '.claims[]? | select(.verdict != "PROVED") | "# \(.name) \(.verdict)"' "$tmp/out.json"
		sed 's/^/# /' "$tmp/log"
		return
	fi
	n=$(jq '.lemma_set | length' "$tmp/out.json")
	jq -r '.lemma_set[] | "invariant \(.name): \(.source)"' "$tmp/out.json" >"$tmp/lemmas"
	cat "$source" "$tmp/lemmas" >"$tmp/$name.cpol"
	prove "$name" && again=$(jq '.lemmas' "$tmp/out.json") || again=none
	if [ "$n" -gt 0 ] && [ "$again" = 0 ]; then
		echo "ok - $name: proved with $n lemmas, and by induction alone once they are invariants"
	else
		echo "not ok - $name: $n lemmas; given as invariants, $again more"
		sed 's/^/# /' "$tmp/lemmas"
	fi
}

if [ "${1:-}" = framework ]; then
	# Each line: invariants that are left out together.
	while read -r left_out; do
		name=$(echo "$left_out" | tr ' ' '+')
		cp "$srcdir/framework/cocoaexpo.cpol" "$tmp/cocoaexpo.cpol"
		for i in $left_out; do
			# An invariant goes on to the next line that is not indented.
			awk -v start="^invariant $i:" '$0 ~ start { out = 1; n++; next } out && /^[ \t]/ { next }
				{ out = 0; print } END { exit n != 1 }' "$tmp/cocoaexpo.cpol" >"$tmp/next" ||
				echo "not ok - the framework has an invariant $i"
			mv "$tmp/next" "$tmp/cocoaexpo.cpol"
		done
		lemmas_suffice "$name" "$srcdir/tests/repairs/small.cpol" "$tmp/cocoaexpo.cpol"
	done <<-'END'
		device_form
		disk_form
		scratch_form
		overlay_form
		share_form
		overlay_owned rootfs_owned
	END
	exit
fi
for source in "$srcdir"/tests/verify/strengthen/*.cpol; do
	lemmas_suffice "$(basename "$source" .cpol)" "$source"
done
