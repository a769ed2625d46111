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
attacks=$(grep -c '"expect": "deny"' "$srcdir/examples/storefront.attack.json")
grep -q "^$attacks attacks, $attacks refused" "$tmp/log"
claim $? "each attack of the demonstration is refused, and counted"
! sed -n '/^4\. /,/^5\. /p' "$tmp/log" | grep -q ALLOWED
claim $? "what set them up does not look like an attack that worked"
! grep -qF "$(cd "$srcdir" && pwd)/framework" "$tmp/log"
claim $? "the demonstration names the framework by a short path"
[ "$(wc -l <"$tmp/log")" -le 150 ]
claim $? "the demonstration is short"
for word in reach lint compare demand --html cocoapol-check 'export PATH='; do
	sed -n '/^What next/,$p' "$tmp/log" | grep -qF -- "$word"
	claim $? "what next: $word"
done

# What examples/README.md says to try works as it stands, beside a build.
mkdir "$tmp/tree"
cp -r "$srcdir/examples" "$tmp/tree" && chmod -R u+w "$tmp/tree"
ln -s "$builddir" "$tmp/tree/build"
sed -n '/^Try it yourself/,/^The table/s/^    //p' "$srcdir/examples/README.md" >"$tmp/tree/try"
(cd "$tmp/tree" && unset COCOAPOL_FRAMEWORK_DIR && sh -e ./try) >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q ' 0 refuted' "$tmp/log" && grep -q 'REFUTED *at_most_once' "$tmp/log"
claim $? "what examples/README.md says to try works"
exit $status
