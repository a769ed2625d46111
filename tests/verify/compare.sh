#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# compare on typical edits of an example, both ways.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat "$tmp/log"; status=1; fi
}
policy=$srcdir/examples/storefront.cpol
compile() { "$COCOAPOLC" compile "$tmp/$1.cpol" -o "$tmp/$1.cpb" >"$tmp/log" 2>&1; }
cp "$policy" "$tmp/old.cpol" && compile old || { cat "$tmp/log"; exit 2; }

# NAME SED STATUS SUMMARY
edit() {
	sed "$2" "$policy" >"$tmp/$1.cpol"
	if cmp -s "$policy" "$tmp/$1.cpol"; then echo "not ok - $1: the edit is none"; status=1; return; fi
	compile "$1" || { claim 1 "$1 compiles"; return; }
	"$COCOAPOLV" compare --timeout 120 "$tmp/old.cpb" "$tmp/$1.cpb" >"$tmp/log" 2>&1
	[ $? -eq "$3" ] && grep -qx "$4" "$tmp/log"
	claim $? "$1: $4"
}

edit comment '1a # Another comment.' 0 equal
edit regex 's/{1,5}/[0-9]{0,4}/; s/\[0-9\]\[0-9\]/[0-9][0-9]/' 0 equal
edit name 's/^invariant released_late/invariant released_not_early/' 0 equal
edit a_switch 's/^allow runtime_logging/& allow dump_stacks/' 1 'B is more permissive'
edit a_variable '/env optional TERM/a env optional EXTRA = "1"' 1 'B is more permissive'
edit no_variable '/env optional TERM/d' 0 'B is stricter'
edit a_wider_pattern 's/{1,5}/{1,6}/' 1 'B is more permissive'
edit a_process '/exec \["\/bin\/healthcheck"\]/a exec ["/bin/sh"]' 1 'B is more permissive'
edit no_process '/exec \["\/bin\/healthcheck"\]/d' 0 'B is stricter'
edit another_layer 's/8d9001d32c6a/8d9001d32c6b/' 1 incomparable
edit more_instances '/command \["\/usr\/bin\/gunicorn"/a instances 2' 1 'B is more permissive'

"$COCOAPOLV" compare --json "$tmp/old.cpb" "$tmp/a_switch.cpb" >"$tmp/log" 2>&1
[ $? -eq 1 ] && grep -q '"event": "dump_stacks"' "$tmp/log" && grep -q '"reason": "requirement"' "$tmp/log" &&
	grep -q '"summary": "B is more permissive"' "$tmp/log"
claim $? "the same as JSON"

# What each side claims of the row that it picks must not contradict the other
# side's: the least row is another, and no search counts so far.
cat >"$tmp/picks.cpol" <<'END'
framework picks 1
kind dish as dishes named { a_price: int  vegan: bool  spicy: bool }
dish soup { a_price 3 vegan }
dish pie { a_price 5 vegan }
event tick { n: int }
state ticks: int max 10000000
on tick { require ticks < 1000000 and n == 7 set ticks = ticks + 1 }
invariant first: pick(dishes) == soup
END
sed 's/a_price 3/a_price 9/; s/== soup/== pie/; s/< 1000000/< 1000001/' "$tmp/picks.cpol" >"$tmp/picks_other.cpol"
compile picks && compile picks_other &&
	"$COCOAPOLV" prove "$tmp/picks.cpb" >"$tmp/log" 2>&1 && "$COCOAPOLV" prove "$tmp/picks_other.cpb" >"$tmp/log" 2>&1
claim $? "both sides' claims of what is picked are proved"
"$COCOAPOLV" compare --timeout 20 "$tmp/picks.cpb" "$tmp/picks_other.cpb" >"$tmp/log" 2>&1
[ $? -eq 2 ] && grep -q 'UNKNOWN  B allows nothing that A denies' "$tmp/log"
claim $? "and prove nothing together"

# Ints in lists have a bound too, in bytes that no source has.
cat >"$tmp/ints.cpol" <<'END'
framework ints 1
event put { id: string  n: list(4) of int }
event tick { n: int }
state ticks: int max 10000000
state held: map string(16) -> list(4) of int capacity 4
on put { require ticks > 500000 and id not in held set held[id] = n }
on tick { require n == 7 set ticks = ticks + 1 }
END
compile ints && cp "$tmp/ints.cpb" "$tmp/ints_less.cpb"
at=$(od -An -v -tx1 "$tmp/ints.cpb" | tr -d ' \n' | awk '{ print (index($0, "ffffffffffffffff") - 1) / 2 }')
printf '\0\0\0\0\0\0\0\011' | dd of="$tmp/ints_less.cpb" bs=1 seek="$at" conv=notrunc 2>/dev/null
"$COCOAPOLV" compare --timeout 20 "$tmp/ints_less.cpb" "$tmp/ints.cpb" >"$tmp/log" 2>&1
[ $? -eq 2 ] && grep -q 'that held of A is full no sooner' "$tmp/log"
claim $? "a smaller bound of a list's ints is no equality"

# An end in the middle: what it looks for comes after more requests than it can make.
cat >"$tmp/long.cpol" <<'END'
framework long 1
event put { id: string  word: string  n: int }
event drop { id: string }
event tick { n: int }
state ticks: int max 10000000
state held: map string(16) -> int capacity 64
state words: map string(16) -> string(16) capacity 64
on put { set held[id] = n  set words[word] = id }
on drop { delete held[id] }
on tick { require n > ticks and ticks < 500000 set ticks = ticks + 1 }
END
sed 's/< 500000/< 500001/' "$tmp/long.cpol" >"$tmp/longer.cpol"
compile long && compile longer
for signal in INT TERM; do
	"$COCOAPOLV" compare --timeout 600 "$tmp/long.cpb" "$tmp/longer.cpb" >"$tmp/log" 2>&1 &
	process=$!
	# As soon as it catches them: the set is printed as sixteen digits.
	while ! grep -q '^SigCgt:.*4..[26]$' "/proc/$process/status" 2>/dev/null; do sleep 0.02; done
	kill -$signal $process
	wait $process
	[ $? -eq 130 ] && [ "$(tail -1 "$tmp/log")" = interrupted ] && [ "$(grep -c '^UNKNOWN' "$tmp/log")" -eq 2 ] &&
		grep -q 'not asked by then' "$tmp/log" && grep -q 'again, and let it end' "$tmp/log"
	claim $? "SIG$signal ends it with what is known, and status 130"
done

"$COCOAPOLV" compare "$tmp/old.cpb" >"$tmp/log" 2>&1
[ $? -eq 2 ] && grep -q 'which OTHER.cpb' "$tmp/log"
claim $? "a policy alone is trouble"
"$COCOAPOLV" compare "$tmp/old.cpb" "$tmp/old.cpol" >"$tmp/log" 2>&1
[ $? -eq 2 ] && grep -q 'old.cpol: not a policy' "$tmp/log"
claim $? "what is not a policy is trouble"
exit $status
