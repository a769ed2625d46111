#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolv lint: for each name a policy, lint/NAME.cpol or lint/NAME.VARIANT.cpol,
# that has this finding and no other, and what is nearly the same and has none.
#
# Lines that end in "# good" are left out of the first, lines that end in "# bad"
# of the second.  The finding's place is the line with "# here", else the first
# "# bad" one; "# place: none": it has no place.  Events that are always denied
# are those of every policy, so that note is judged by itself.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
here=$srcdir/tests/verify
cd "$tmp" || exit 2

claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat log; status=1; fi
}
compile() { # FILE
	"$COCOAPOLC" compile "$1.cpol" -o "$1.cpb" >log 2>&1
}
findings() { # FILE: name and line of each
	"$COCOAPOLV" lint --json "$1.cpb" >out.json 2>>log
	echo $? >exit
	jq -r '.findings[] | select(.name != "always-denied") | .name + " " + (.place.line // "none" | tostring)' \
		out.json >found
}

"$COCOAPOLV" lint --list >names 2>log
claim $? "the names are listed"
"$COCOAPOLV" lint --json --list 2>log | jq -e '.names | length > 30 and all(.meaning != "")' >/dev/null
claim $? "and so for programs"

for case in "$here"/lint/*.cpol; do
	base=$(basename "$case" .cpol)
	name=${base%%.*}
	sed '/ # good$/s/.*//' "$case" >bad.cpol
	sed '/ \(# here \|# \)bad$/s/.*//' "$case" >good.cpol
	where=$(grep -n '# here' bad.cpol | head -1 | cut -d: -f1)
	[ -n "$where" ] || where=$(grep -n '# bad$' bad.cpol | head -1 | cut -d: -f1)
	! grep -q '^# place: none' "$case" || where=none
	severity=$(awk -v n="$name" '$1 == n { print $2 }' names)
	want=1
	[ "$severity" = warning ] || want=0
	compile bad && findings bad
	echo "$name $where" >wanted
	cmp -s found wanted && [ "$(cat exit)" -eq $want ]
	result=$?
	[ $result -eq 0 ] || { echo "found (exit status $(cat exit)):"; cat found; echo "wanted ($want):"; cat wanted; } >>log
	claim $result "$base: just that, a $severity, at its line"
	"$COCOAPOLV" lint --allow "$name" bad.cpb >out 2>>log && ! grep -q "\[$name\]" out
	claim $? "$base: and not when it is allowed"
	compile good && findings good
	[ ! -s found ] && [ "$(cat exit)" -eq 0 ]
	result=$?
	[ $result -eq 0 ] || cat found >>log
	claim $result "$base: what is nearly the same has none"
	echo "$name" >>tested
done

# Every name has a case, here or below.
printf '%s\n' always-denied not-tried >>tested
cut -d' ' -f1 names | sort >a
sort -u tested >b
diff a b >log
claim $? "every name is tested"

sed '/ # good$/s/.*//' "$here/lint/switch-open.cpol" >open.cpol
compile open
"$COCOAPOLV" lint open.cpb >log 2>&1
grep '\[always-denied\]' log | grep -q 'load_fragment' && ! grep '\[always-denied\]' log | grep -q 'runtime_logging'
claim $? "events that are always denied are listed, and what a switch allows is not"
"$COCOAPOLV" lint --timeout 0.000001 open.cpb >log 2>&1
[ $? -eq 0 ] && grep -q 'not tried for 1 container.*\[not-tried\]' log
claim $? "without time that is said, and is no warning"

# ---- the command ----
exits() { # STATUS CLAIM COMMAND...
	want=$1 what=$2
	shift 2
	"$@" >log 2>&1
	[ $? -eq "$want" ]
	claim $? "$what"
}
exits 2 "an unknown name is not allowed" "$COCOAPOLV" lint --allow sins open.cpb
exits 2 "no policy is trouble" "$COCOAPOLV" lint
exits 2 "another option is trouble" "$COCOAPOLV" lint --from hcsshim open.cpb
head -c 200 open.cpb >cut.cpb
exits 2 "half a policy is trouble" "$COCOAPOLV" lint cut.cpb
exits 0 "--help" "$COCOAPOLV" lint --help
cp open.cpb nomap.cpb
exits 0 "without a map it works" "$COCOAPOLV" lint nomap.cpb
"$COCOAPOLC" compile "$srcdir/tests/cli/toy.cpol" -o toy.cpb >log 2>&1
"$COCOAPOLV" lint --json toy.cpb >out.json 2>>log
[ $? -lt 2 ] && jq -e .findings out.json >>log
claim $? "a policy of another framework too"

# ---- the examples ----
for example in storefront careless; do
	"$COCOAPOLC" compile "$srcdir/examples/$example.cpol" -o $example.cpb >log 2>&1
	exits 0 "$example has no warning" "$COCOAPOLV" lint $example.cpb
done
exits 1 "the policy that imitates another framework's sample has what that one has" sh -c \
	'"$COCOAPOLC" compile "$srcdir/examples/rustc-pause.cpol" -o rustc.cpb && "$COCOAPOLV" lint rustc.cpb'
"$COCOAPOLV" lint --json rustc.cpb | jq -r '.findings[] | select(.severity == "warning") | .name' | sort -u | tr '\n' ' ' >log
[ "$(cat log)" = "bare-layer capability elevated " ]
claim $? "and nothing else is warned of"
exit $status
