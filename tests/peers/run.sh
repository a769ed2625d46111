#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each bug that others had, of the kind that a policy can have, is put into our
# framework or a policy and refuted, by a shortest trace; list says which, and
# what stands for those that are no matter of policies.  As it is, all of it is
# proved, and each field of a request is judged.
framework=$srcdir/framework/cocoaexpo.cpol
here=$srcdir/tests/peers
. "$srcdir/tests/mutation.sh"

# A part of a line of the list.
part() { # NAME NUMBER
	grep "^$1|" "$here/list" | cut -d'|' -f"$2"
}

spoil() { # NAME EDIT OF INTO
	sed "$2" "$3" >"$4"
	! cmp -s "$4" "$3" || mutation_fail "$1: the edit changes something"
}

# Strings of any bytes are the same after printing and parsing.
escapes() {
	{
		echo 'policy escapes svn 1 uses cocoaexpo 1'
		echo 'container job {'
		echo '  layers [ verity erofs sha256:1111111111111111111111111111111111111111111111111111111111111111 blocks 8 salt "aa" ]'
		printf '  command ["/bin/job"'
		awk 'BEGIN { for (i = 0; i < 256; i++) printf ", \"x\\x%02x\\\"\\\\ }\"", i }'
		printf '%s\n' ', "# no comment", "\n]"]'
		printf '%s\n' '  env /a\/[^"\\#]*/ = /[\x00-\x20"\\]*/'
		echo '}'
	} >a.cpol
	"$COCOAPOLC" fmt a.cpol >b.cpol 2>log && "$COCOAPOLC" compile a.cpol -o a.cpb 2>>log &&
		"$COCOAPOLC" compile b.cpol -o b.cpb 2>>log && cmp a.cpb b.cpb >>log 2>&1 ||
		mutation_fail "$name: strings of any bytes survive printing and parsing"
	echo "ok - $name: strings of any bytes survive printing and parsing"
}

one() { # NAME
	name=$1 edit=$(grep "^$1|" "$here/list" | sed 's/^[^|]*|[^|]*|[^|]*|\(.*\)|[^|]*|[^|]*$/\1/')
	rest=$(grep "^$1|" "$here/list" | sed 's/.*|\([^|]*|[^|]*\)$/\1/')
	claim=${rest%|*} requests=${rest#*|}
	mkdir "$tmp/$name" && cd "$tmp/$name" || exit 2
	cp "$framework" rules
	cp "$here/peers.cpol" policy
	case $(part "$name" 3) in
	repair)
		if grep -qx "$edit $claim $requests" "$srcdir/tests/repairs/list"; then
			echo "ok - $name: taken out as repair $edit"
		else
			echo "not ok - $name: taken out as repair $edit"
		fi
		return ;;
	claims)
		if "$builddir/$edit" | grep -qx "ok - $claim"; then
			echo "ok - $name: $edit says: $claim"
		else
			echo "not ok - $name: $edit says: $claim"
		fi
		return ;;
	here)   "$edit"; return ;;
	rules)  spoil "$name" "$edit" "$framework" rules ;;
	policy) spoil "$name" "$edit" "$here/peers.cpol" policy ;;
	*)      mutation_fail "$name: there is no such way to show it" ;;
	esac
	mutation_only "$claim" <rules >cocoaexpo.cpol
	mutation_only "$claim" <policy >policy.cpol
	"$COCOAPOLC" compile --framework cocoaexpo.cpol policy.cpol -o p.cpb 2>log ||
		mutation_fail "$name: compiles when spoilt"
	mutation_falls "$name" "$claim" "$requests"
}

# All of it is proved when nothing is spoilt.
sound() {
	if "$COCOAPOLC" compile "$here/peers.cpol" -o "$tmp/sound.cpb" 2>"$tmp/log" &&
	    "$COCOAPOLV" prove --timeout 300 "$tmp/sound.cpb" >"$tmp/log" 2>&1; then
		echo "ok - as it is, all is proved: $(tail -1 "$tmp/log" | cut -d';' -f1)"
	else
		echo "not ok - as it is, all is proved"
		grep -v '^PROVED' "$tmp/log"
	fi
}

# Each field of each request that can be allowed is read by its rule.
mediation() {
	"$COCOAPOLC" dump --json "$tmp/sound.cpb" | jq -r '.events[]
		| select([.code[].op] | index(["FALSE", "REQUIRE"]) == null)
		| .name as $event | [.code[] | select(.op == "FIELD").operand] as $read
		| .fields[].name | select(IN($read[]) | not) | $event + "." + .' >"$tmp/unread"
	if [ -s "$tmp/unread" ]; then
		echo "not ok - every field of a request is judged"
		cat "$tmp/unread"
	else
		echo "ok - every field of a request is judged"
	fi
}

if [ "${1:-}" = --one ]; then
	one "$2"
	exit
fi
mutation_start
status=0
{ sound; mediation; } >"$tmp/first"
cat "$tmp/first"
! grep -q '^not ok' "$tmp/first" || status=1
grep '^[a-z]' "$here/list" | cut -d'|' -f1 | mutation_all "$here/run.sh" 1 || status=1
exit $status
