#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The examples do what they are for: each sound policy is proved and reaches what
# it says it can, its requests get the verdicts they expect, and the careless
# policy is refuted.  The demonstration runs to its end.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat "$tmp/log"; status=1; fi
}

for name in storefront rustc-pause; do
	policy=$srcdir/examples/$name.cpol
	"$COCOAPOLC" compile "$policy" -o "$tmp/$name.cpb" >"$tmp/log" 2>&1
	claim $? "$name compiles"
	"$COCOAPOLV" prove "$tmp/$name.cpb" >"$tmp/log" 2>&1
	claim $? "$name is proved"
	"$COCOAPOLV" reach "$tmp/$name.cpb" >"$tmp/log" 2>&1
	claim $? "$name reaches what it should"
	[ "$(sha256sum <"$tmp/$name.cpb" | cut -d' ' -f1)" = "$("$COCOAPOLC" digest "$tmp/$name.cpb" | cut -d' ' -f1)" ]
	claim $? "the digest of $name is that of sha256sum"
	"$COCOAPOLC" fmt "$policy" >"$tmp/$name.cpol" 2>"$tmp/log" &&
		"$COCOAPOLC" compile "$tmp/$name.cpol" -o "$tmp/again.cpb" 2>"$tmp/log" &&
		cmp "$tmp/$name.cpb" "$tmp/again.cpb" 2>"$tmp/log"
	claim $? "$name formatted is the same policy"
done
for list in requests attack; do
	"$COCOAPOLV" replay "$tmp/storefront.cpb" "$srcdir/examples/storefront.$list.json" >"$tmp/log" 2>&1
	claim $? "the requests of storefront.$list.json get the verdicts they expect"
done
"$COCOAPOLC" compile "$srcdir/examples/careless.cpol" -o "$tmp/careless.cpb" >"$tmp/log" 2>&1
claim $? "careless compiles"
"$COCOAPOLV" prove "$tmp/careless.cpb" >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q 'REFUTED.*layers_stay' "$tmp/log"
claim $? "careless is refuted"
"$COCOAPOLC" fmt --check "$srcdir"/framework/*.cpol "$srcdir"/examples/*.cpol >"$tmp/log" 2>&1
claim $? "what is shipped is formatted"
sh "$srcdir/examples/demo.sh" "$builddir" >"$tmp/log" 2>&1
claim $? "the demonstration runs"
exit $status
