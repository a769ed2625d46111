#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolc diff: the shop's policy and an edit of it, what is said compared
# with edit.want (UPDATE=1 rewrites it); and no difference in bytes goes unsaid.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}
diff_of() { # NAME OLD NEW WANTED-STATUS
	"$COCOAPOLC" diff "$2" "$3" >"$tmp/$1" 2>"$tmp/err"
	[ $? -eq "$4" ] || { cat "$tmp/$1" "$tmp/err"; return 1; }
}

cp "$srcdir/examples/storefront.cpol" "$tmp/old.cpol"
cp "$srcdir/tests/diff/edit.cpol" "$tmp/new.cpol"
(cd "$tmp" && "$COCOAPOLC" diff old.cpol new.cpol >said 2>err)
[ $? -eq 1 ]
claim $? "an edit is a difference: exit status 1"
[ -z "${UPDATE:-}" ] || cp "$tmp/said" "$srcdir/tests/diff/edit.want"
diff "$srcdir/tests/diff/edit.want" "$tmp/said"
claim $? "each change is said, with its place"
grep -q 'cocoapolv compare' "$tmp/err"
claim $? "who asks what it means is told where that is answered"
(cd "$tmp" && "$COCOAPOLC" diff --json old.cpol new.cpol 2>err) | jq -e 'map(.what) | index("container extra")' >/dev/null
claim $? "--json is JSON with the same changes"
diff_of none "$tmp/old.cpol" "$tmp/old.cpol" 0 && [ ! -s "$tmp/none" ]
claim $? "a policy does not differ from itself"

# Spelling that does not change the bytes is no difference, but in rules, whose words are compared.
for name in constant-spelling declaration-order defaults layout regex-spelling shared-rows; do
	diff_of "$name" "$srcdir/tests/compile/same/$name.a.cpol" "$srcdir/tests/compile/same/$name.b.cpol" 0
	claim $? "no difference: $name"
done
for a in "$srcdir"/tests/compile/differ/*.a.cpol; do
	name=$(basename "$a" .a.cpol)
	diff_of "$name" "$a" "$srcdir/tests/compile/differ/$name.b.cpol" 1 && [ -s "$tmp/$name" ]
	claim $? "a difference is said: $name"
done
printf 'policy x svn 1 uses cocoaexpo 1\ncontainer {\n' >"$tmp/bad.cpol"
diff_of bad "$tmp/bad.cpol" "$tmp/old.cpol" 2
claim $? "a policy with mistakes is trouble, and not a difference"
exit $status
