#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolv demand: the bank's properties of policies that others wrote; what
# ghosts may do; and every mistake of a properties file, located and named.
. "$srcdir/tests/claims.sh"
for name in storefront careless; do
	"$COCOAPOLC" compile "$srcdir/examples/$name.cpol" -o $name.cpb >log 2>&1
	claim $? "$name compiles"
done
cat >vendor.cpol <<'E2'
framework toy 1
enum color { red green }
kind door as doors named { key code: int = 0 color: color = red }
door front { code 1 }
switch allow_open: bool = true
state opened: set of string(16) capacity 8
state count: int max 3
ghost state seen: bool
event open { name: string color: color }
event close { name: string }
event never_used {}
on open {
  require allow_open and name not in opened
  let fits = { d in doors | d.color == color }
  require fits != {} because "no such door"
  add name to opened
  set count = count + 1
  ghost set seen = true
}
on close { require name in opened delete opened[name] }
invariant false_claim: count == 0
invariant bounded: count <= 3
E2
exits 0 "a framework of the vendor's own compiles" "$COCOAPOLC" compile vendor.cpol -o vendor.cpb

# demand NAME STATUS CLAIM [OPTION...] <PROPERTIES, of vendor.cpb
demand() {
	cat >"$1.cpol"
	name=$1 want=$2 what=$3
	shift 3
	exits "$want" "$what" "$COCOAPOLV" demand "$@" "$name.cpol" vendor.cpb
}

# ---- the example ----
exits 0 "the bank's properties are proved of storefront" \
	"$COCOAPOLV" demand --timeout 300 "$srcdir/examples/bank.cpol" storefront.cpb
says '^PROVED +verified_layers' "each is named"
says '^REACHED +something_runs' "and what shall be possible is"
says "sha256:$(sha256sum <storefront.cpb | cut -d' ' -f1)" "the policy is named by its digest"
silent 'of the policy|false_claim' "the policy's own claims are not reported"
exits 1 "careless breaks them" "$COCOAPOLV" demand --json --timeout 300 "$srcdir/examples/bank.cpol" careless.cpb
python3 - log >log2 2>&1 <<'E2'
import json, sys
report = json.load(open(sys.argv[1]))
verdicts = {c["name"]: c for c in report["claims"]}
broken = verdicts["layers_stay"]
assert [c for c in verdicts if verdicts[c]["verdict"] == "REFUTED"] == ["layers_stay"], verdicts
assert broken["place"]["file"].endswith("bank.cpol") and broken["place"]["line"] > 1, broken["place"]
assert verdicts["something_runs"]["verdict"] == "REACHED"
assert report["policy"] == "careless" and report["properties"] == "bank" and len(report["sha256"]) == 64
json.dump([step["request"] for step in broken["trace"]], open("trace.json", "w"))
E2
claim $? "the JSON says which, where and how"
cat log2
exits 0 "the trace is of the policy as it was given" "$COCOAPOLV" replay careless.cpb trace.json
silent 'deny|DENY' "which allows each request"
exits 0 "the secret's properties are proved of storefront" \
	"$COCOAPOLV" demand --timeout 300 "$srcdir/examples/bank-secret.cpol" storefront.cpb
exits 2 "a policy without the secret's event can't be asked" \
	"$COCOAPOLV" demand --timeout 300 "$srcdir/examples/bank-secret.cpol" careless.cpb
says "bank-secret.cpol:10:4: error: there is no event 'release_secret' \[unknown-name\]" "and that is said, with the place"

# ---- what it may speak of ----
demand all 0 "properties use every name that the policy has" <<'E2'
properties p for toy 1
const TWO = 2
def is_open(n) = n in opened
ghost state tally: map string(16) -> int max 100 capacity 64
on open { ghost set tally[name] = tally[name] + 1 }
invariant bounded: count <= 3
invariant rows: all d in door: d.name == "front" and d.code == 1 and d == front and d.color == red
invariant switches: allow_open
always opens: on open: name in opened and color == red and not (name in old opened)
never shuts: on close: is_open(name)
always tallied: on open: tally[name] == old tally[name] + 1
invariant one: TWO == 2
reachable two: count == TWO
E2
says '^properties p of toy 1, sha256:' "a framework alone has no name of its own"
says '^PROVED +bounded' "a claim may have the name of one of the policy's"

demand false 1 "what the vendor claims plays no part" <<'E2'
properties p for toy 1
invariant quiet: count == 0
E2
says 'REFUTED +quiet +.* by 1 request' "it is refuted by a request"
says 'quiet is false in this state: false.cpol:2:11' "with its place in the properties"

demand nots 1 "what shall never be is named so" <<'E2'
properties p for toy 1
never shut: on open, close: true
never painted: on open: color == red
never again: on open: name in old opened
E2
says '^PROVED +never again ' "where it is proved"
says '^REFUTED +never shut ' "and where it is refuted"
says ' shut: this was allowed, and never may be: nots.cpol:2:7$' "for the reason that it was allowed"
says '^ +never allowed: (open, close|close, open)$' "which the claim forbids"
says '^ +never: color == red$' "under its condition, if it has one"
silent '(true|false): (true|false)$' "and a constant is no reason"
"$COCOAPOLV" demand --json nots.cpol vendor.cpb 2>log |
	jq -e '[.claims[].kind] == ["never", "never", "never"]' >>log 2>&1
claim $? "the JSON says so"

demand full 2 "a ghost that is full takes nothing away from what is allowed" --timeout 5 <<'E2'
properties p for toy 1
ghost state small: set of string(16) capacity 1
on open { ghost add name to small }
invariant one: all n in small: all m in small: n == m
E2
says 'UNKNOWN +one' "so its capacity proves nothing"
demand room 2 "nor does a ghost's bound" --timeout 5 <<'E2'
properties p for toy 1
ghost state n: int max 1
on open { ghost set n = n + 1 }
invariant small: n <= 1
E2
says 'UNKNOWN +small' "and that is left open"
demand never 1 "what can't be reached is said to be impossible" <<'E2'
properties p for toy 1
reachable nine: count == 9
E2
says 'IMPOSSIBLE +nine' "by a proof"

# ---- mistakes: mistake NAME PLACE SPELLING CLAIM <PROPERTIES ----
mistake() {
	place=$2 spelling=$3 what=$4
	demand "$1" 2 "$what"
	says "^$1.cpol:$place: error: .*\[$spelling\]\$" "at its place"
	silent 'PROVED|REFUTED|UNKNOWN' "and nothing is answered"
}
mistake other 1:18 framework "properties of another framework" <<'E2'
properties p for cocoaexpo 1
invariant i: true
E2
mistake version 1:18 framework "properties of another version" <<'E2'
properties p for toy 2
invariant i: true
E2
mistake policy 1:8 framework "a policy is no properties" <<'E2'
policy p svn 1 uses toy 1
invariant i: true
E2
mistake name 2:14 unknown-name "a name that the policy has not" <<'E2'
properties p for toy 1
invariant i: coumt == 0
E2
says "did you mean 'count'" "a near one is offered"
mistake event 2:13 unknown-name "an event that the policy has not" <<'E2'
properties p for toy 1
never i: on opem: true
E2
mistake field 2:21 unknown-name "a field of another event" <<'E2'
properties p for toy 1
always i: on close: color == red
E2
mistake type 2:14 type-mismatch "a wrong type" <<'E2'
properties p for toy 1
invariant i: count
E2
mistake old 2:14 not-allowed-here "old outside of a step" <<'E2'
properties p for toy 1
invariant i: old count == 0
E2
mistake state 2:7 not-allowed-here "state that is no ghost" <<'E2'
properties p for toy 1
state x: bool
invariant i: true
E2
mistake effect 3:11 not-allowed-here "an effect that is no ghost's" <<'E2'
properties p for toy 1
invariant i: true
on open { set count = 0 }
E2
mistake require 3:19 not-allowed-here "a requirement" <<'E2'
properties p for toy 1
invariant i: true
on open { require count == 0 }
E2
mistake ghost 3:11 bad-effect "the policy's own ghosts" <<'E2'
properties p for toy 1
invariant i: true
on open { ghost set seen = false }
E2
mistake taken 2:13 duplicate-name "a name that the policy has" <<'E2'
properties p for toy 1
ghost state count: bool
invariant i: true
E2
says 'note: the policy has it' "which is said"
cat >false_or.cpol <<'E2'
properties p for toy 1
invariant bounded: count <= 3
E2
mistake field_name 3:7 duplicate-name "a constant with the name of one of the policy's fields" <<'E2'
properties p for toy 1
# A vendor could have called a field so only to change what the claim means.
const name = 1
always i: on open: count >= name
E2
mistake value_name 2:5 duplicate-name "a definition with the name of one of its enumerators" <<'E2'
properties p for toy 1
def green = red
always i: on open: color == green
E2
sed -e 's/close { name/close { count: int name/' vendor.cpol >hides.cpol
"$COCOAPOLC" compile hides.cpol -o hides.cpb >log 2>&1
exits 0 "a field may have the name of a variable of the policy's own" "$COCOAPOLV" demand false_or.cpol hides.cpb
says "^false_or.cpol:1:12: warning: in the policy 'count' is a field of 'close'" "with a warning"
mistake twice 4:4 duplicate-name "ghost effects in two places" <<'E2'
properties p for toy 1
ghost state x: bool
on open { ghost set x = true }
on open { ghost set x = false }
invariant i: true
E2
mistake row 2:1 not-allowed-here "a declaration" <<'E2'
properties p for toy 1
door back { code 2 }
invariant i: true
E2
mistake override 2:13 not-allowed-here "an override" <<'E2'
properties p for toy 1
override on open { }
invariant i: true
E2
mistake restrict 2:1 not-allowed-here "a restriction" <<'E2'
properties p for toy 1
restrict open { require false }
invariant i: true
E2
mistake nothing 1:12 not-allowed-here "properties that claim nothing" <<'E2'
properties p for toy 1
const X = 1
E2
mistake syntax 3:1 syntax "what does not parse" <<'E2'
properties p for toy 1
invariant i: (
E2
{
	echo 'properties p for toy 1'
	for i in $(seq 129); do echo "invariant i$i: true"; done
} >many.cpol
exits 2 "more claims than there may be" "$COCOAPOLV" demand many.cpol vendor.cpb
says '^many.cpol:130:11: error: .*\[limit\]$' "are counted"
sed -i '$d' many.cpol
exits 0 "as many as there may be, without the policy's for help" "$COCOAPOLV" demand many.cpol vendor.cpb

exits 0 "an event without a rule is denied anyway" "$COCOAPOLV" demand /dev/stdin vendor.cpb <<'E2'
properties p for toy 1
ghost state x: bool
on never_used { ghost set x = true }
invariant i: not x
E2
says 'warning: .never_used. has no rule' "and has no use for ghosts"

# ---- files and arguments ----
exits 2 "properties that are not there" "$COCOAPOLV" demand missing.cpol vendor.cpb
says '^cocoapolv: missing.cpol: ' "are named"
exits 2 "a policy that is not there" "$COCOAPOLV" demand all.cpol missing.cpb
says '^cocoapolv: missing.cpb: ' "is named"
exits 2 "a directory" "$COCOAPOLV" demand . vendor.cpb
: >empty.cpol
exits 2 "an empty file" "$COCOAPOLV" demand empty.cpol vendor.cpb
says 'is empty' "is said to be that"
exits 2 "the two files in the wrong order" "$COCOAPOLV" demand vendor.cpb all.cpol
says 'all.cpol: not a policy' "one of which is no policy"
exits 0 "--help is asked for" "$COCOAPOLV" demand --help
says 'Exit status' "and says the exit statuses"
says 'PROPS.cpol POLICY.cpb' "and the order of the files"
exits 2 "one file" "$COCOAPOLV" demand all.cpol
exits 2 "no file" "$COCOAPOLV" demand
says 'which PROPS.cpol' "what is wanted is said"
exits 1 "properties are not compiled" "$COCOAPOLC" compile all.cpol -o out.cpb
says '^all.cpol:1:12: error: .*cocoapolv demand.*\[framework\]$' "and who takes them is said"
[ ! -e out.cpb ]
claim $? "nothing is written"
exits 0 "properties are formatted" "$COCOAPOLC" fmt "$srcdir/examples/bank.cpol"
exit $status
