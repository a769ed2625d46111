#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Pairs of policies that are made to lead compare's proof astray: B allows what A
# denies, though what was seen, a set that is larger, or a table that looks like
# another speaks for the opposite.  None may be PROVED, and most must be shown.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat "$tmp/log"; status=1; fi
}

# VERDICT(of "B allows nothing that A denies") CLAIM; A is $tmp/a.cpol and B is $tmp/b.cpol
pair() {
	if "$COCOAPOLC" compile "$tmp/a.cpol" -o "$tmp/a.cpb" >"$tmp/log" 2>&1 &&
		"$COCOAPOLC" compile "$tmp/b.cpol" -o "$tmp/b.cpb" >"$tmp/log" 2>&1 && ! cmp -s "$tmp/a.cpb" "$tmp/b.cpb"; then
		"$COCOAPOLV" compare --timeout "${3:-600}" "$tmp/a.cpb" "$tmp/b.cpb" >"$tmp/log" 2>&1
		grep -q "^$1 .*B allows .* that A denies" "$tmp/log"
	fi
	claim $? "$2: $1"
}
# A and B from one text, each by its own edit
edits() { sed "$1" "$tmp/text" >"$tmp/a.cpol"; sed "$2" "$tmp/text" >"$tmp/b.cpol"; }

cat >"$tmp/text" <<'END'
framework hostile 1
switch word: pattern = /[a-c]/
kind thing as things named { sort: string  limit: int = 2  open: bool  tags: set of string = {} }
thing t0 { sort "x" open tags { "p" "q" } }
thing t1 { sort "x" tags { "p" } }
thing t2 { sort "y" open }
event admit { name: string what: string hard: bool }
event drop { name: string }
event tick { n: int }
event show { name: string tags: list(2) of string gives wide: bool }
state held: map string(8) -> set of thing capacity 3
state busy: set of string(8) capacity 3
state level: int
on admit {
  require name not in held and name matches word
  let fits = { t in things | t.sort == what and (t.open or not hard) }
  require fits != {}
  # agree
  # count
  set held[name] = fits
  add name to busy
}
on drop {
  require name in held
  delete held[name]
  delete busy[name]
}
on tick {
  # tick
  set level = n
}
on show {
  require name in held
  keep tags = [ t in tags | some c in held[name]: t in c.tags ]
  give wide = some c in held[name]: not c.open
}
END
agree='s/# agree/require all x in fits: all y in fits: x.open == y.open/'
count='s/# count/require all x in fits: count(n in busy: x in held[n]) < x.limit/'

# ---- guards that larger sets meet less often ----
edits "$agree" "$agree; /^thing t1/d"
pair DIFFERS "all matches agree, of fewer rows"
edits "$agree" "$agree; s/\(thing t1.*\)tags/\1open tags/"
pair DIFFERS "all matches agree, of rows that are more alike"
edits "$count" "$count; /^thing t1/d; s/t0 {/t0 { limit 3/"
pair DIFFERS "fewer than k, of fewer rows with another k"
edits "$count; s/t1 {/t1 { limit 1/" "$count; /^thing t1/d"
pair DIFFERS "fewer than k, of a row that stays, where the other was the bound"
edits "$count" "$count; s/  delete busy/  # /"
pair PROVED "fewer than k, where what is counted stays longer"
edits "$count; s/  delete busy/  # /; s/a-c/a-d/" "$count; s/a-c/a-d/"
pair DIFFERS "fewer than k, where what is counted goes sooner"
edits "" 's/: not c.open/: c.open/'
pair DIFFERS "another column of the rows that are held"
edits "s/some c in held\[name\]: t in/all c in held[name]: t in/" ""
pair DIFFERS "some and all, of sets that have two rows now and then"
edits "/^thing t1/d; s/some c in held\[name\]: t in/all c in held[name]: t in/" "/^thing t1/d"
pair PROVED "some and all, of sets that never have two"

# ---- what was seen is not all ----
edits "s/# tick/require n <= level + 1 and (level < 200 or n < 200)/" "s/# tick/require n <= level + 1/"
pair UNKNOWN "a difference after more requests than a search makes" 2
edits "s/# tick/require n <= level + 1/; s/give wide = .*/give wide = level == 200/" \
	"s/# tick/require n <= level + 1/; s/give wide = .*/give wide = false/"
pair UNKNOWN "a value that no search comes to" 2
edits "s/# tick/require n != 77777/; s/\(and name matches word\)/\1 and level != 66666/" \
	"s/# tick/require n != 77777/"
pair DIFFERS "a value that a search must be told of"

# ---- keys ----
no_a='s/# tick/require not some x in busy: x == "d"/'
edits "$no_a" ""
pair PROVED "a key that the pattern rules out"
edits "$no_a" 's/\[a-c\]/[a-d]/'
pair DIFFERS "a key that A's pattern alone rules out"
edits "$no_a; s/\[a-c\]/[a-d]/" 's/\[a-c\]/[a-d]/'
pair DIFFERS "a key that the pattern does not rule out"
edits "s/# tick/require not some x in busy: x == \"c\"/; s/add name to busy/# /" "s/add name to busy/# /"
pair PROVED "a key that nobody adds"
edits 's/# tick/require not some x in busy: x == "c"/' "s/add name to busy/# /"
pair DIFFERS "a key that A alone adds"

# ---- room ----
edits "s/\(state busy.*\)3/\12/" ""
pair DIFFERS "less room in a table"
edits "s/\(state busy.*\)3/\12/" "s/add name to busy/# /"
pair DIFFERS "less room in a table that A alone fills"
edits "" "s/add name to busy/# /"
pair PROVED "as much room as B has in another table with all its keys"
edits "s/a-c/a-d/; s/  delete busy/  # /" "s/a-c/a-d/; s/add name to busy/# /"
pair DIFFERS "as much room, but keys stay in A's table alone"
edits "s/\(state busy.*\)3/\12/" "s/\(state held.*\)3/\12/"
pair PROVED "less room in both, in another table of each"
edits "s/a-c/a-d/; s/\(state busy.*\)3/\12/; s/  delete busy/  # /" "s/a-c/a-d/; s/\(state held.*\)3/\12/"
pair DIFFERS "the same, but keys stay in one"
edits 's/\[a-c\]/[a-c]+/; s/\(state busy: set of string\)(8)/\1(4)/' 's/\[a-c\]/[a-c]+/; s/add name to busy/# /'
pair UNKNOWN "as much room, but for shorter keys" 2

# ---- the least row ----
cat >"$tmp/text" <<'END'
framework hostile 1
kind item as items named { word: string  size: int = 1  hue: string = "" }
item a { word "p" size 1 }
item b { word "q" size 2 }
item c { word "p" size 3 }
event admit { name: string  what: string }
event use { name: string  n: int gives wide: bool }
state held: map string(8) -> item capacity 5
on admit {
  require name not in held
  let fits = { i in items | i.word == what }
  require fits != {}
  set held[name] = pick(fits)
}
on use { require name in held and n < held[name].size }
END
edits "" "/^item a/d"
pair DIFFERS "without the least row another is picked"
edits "" "/^item c/d"
pair PROVED "without a row that is never picked"
edits "" '/^item b/d'
pair PROVED "without a row that was picked alone"
edits "/^item c/d" "/^item a/d"
pair DIFFERS "each side has its own least row"
edits '/^item b/d; s/"p" size 3/"q" size 1/' '/^item b/d; s/"p" size 1/"q" size 2/; /^item c/d'
pair DIFFERS "a row that A lacks has the cell that another had"
edits "" '/^item a/s/}/hue "z" }/'
pair DIFFERS "an edit that puts rows in another order"
edits '/^item a/s/}/hue "z" }/' '/^item a/s/1/5/'
pair DIFFERS "another order, seen only by a number that is a cell"
edits "" "s/pick(fits)/pick({ i in fits | i.size > 1 })/; s/require fits != {}/require some i in fits: i.size > 1/"
pair DIFFERS "the least of fewer rows is another"
edits "" "s/pick(fits)/pick({ i in fits | i.size != 3 })/"
pair PROVED "the least of fewer rows is the same"
exit $status
