#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolv: arguments, requests in JSON, exit statuses, and that a trace plays.
. "$srcdir/tests/claims.sh"
here=$srcdir/tests/cli

exits 0 "the framework alone compiles" "$COCOAPOLC" compile "$here/toy.cpol" -o toy.cpb

# ---- no step is missing in the bound ----
exits 0 "rules compile whose bounds were too low" "$COCOAPOLC" compile "$here/bounds.cpol" -o bounds.cpb
many=$(jq -n -c '[range(64) | "tag"]')
cat >bounds.json <<END
[ { "event": "put" },
  { "event": "no_row", "name": "name", "tags": $many },
  { "event": "after_loop", "name": "name", "tags": $many, "flag": true } ]
END
exits 0 "requests for them are played" "$COCOAPOLV" replay bounds.cpb bounds.json
says '3 requests, 3 allowed' "and the interpreter comes to their end"

# ---- arguments ----
exits 2 "no command is trouble" "$COCOAPOLV"
exits 2 "an unknown command is trouble" "$COCOAPOLV" perhaps
exits 0 "--help is asked for" "$COCOAPOLV" --help
says '^usage:' "and given"
for command in lint prove reach replay; do
	exits 0 "$command --help is asked for" "$COCOAPOLV" $command --help
	says 'Exit status' "and says the exit statuses"
	exits 2 "$command wants a policy" "$COCOAPOLV" $command
	exits 2 "$command of a missing file is trouble" "$COCOAPOLV" $command missing.cpb missing.json
	exits 2 "$command of a directory is trouble" "$COCOAPOLV" $command . missing.json
	exits 2 "$command has no such option" "$COCOAPOLV" $command --frobnicate toy.cpb
	says "frobnicate" "and names it"
done
exits 0 "version" "$COCOAPOLV" version
says '^cocoapolv ' "says its name"
exits 2 "a timeout is a number" "$COCOAPOLV" prove --timeout soon toy.cpb
exits 2 "a timeout is positive" "$COCOAPOLV" prove --timeout -1 toy.cpb
head -c 100 toy.cpb >cut.cpb
exits 2 "half a policy is none" "$COCOAPOLV" prove cut.cpb
says 'not a policy' "and that is said"
: >empty.cpb
exits 2 "an empty file is no policy" "$COCOAPOLV" prove empty.cpb

# ---- requests ----
good='"event": "draw", "name": "a", "color": "green", "sum": "1111111111111111111111111111111111111111111111111111111111111111", "count": 1, "filled": true, "tags": [], "sizes": [], "vars": [], "points": []'
# verdict CLAIM PATTERN JSON: of the only request.
verdict() {
	printf '%s' "$3" >r.json
	"$COCOAPOLV" replay toy.cpb r.json >log 2>&1
	grep -qE -- "$2" log
	claim $? "$1"
}
edit() { # FROM TO: the good request with a part replaced
	printf '[{%s}]' "$good" | sed "s/$1/$2/"
}
verdict "a good request" '1  draw +ALLOWED' "[{$good}]"
verdict "fields apart, the event by number" '1  draw +ALLOWED' \
	"[{\"event\": 0, \"fields\": {$(printf '%s' "$good" | sed 's/"event": "draw", //')}}]"
verdict "one request without an array" '1  draw +ALLOWED' "{$good}"
verdict "a digest with its prefix" 'ALLOWED' "$(edit '"sum": "1' '"sum": "sha256:1')"
verdict "a digest of other length" 'DENIED +malformed: sum: wants a digest' "$(edit '"sum": "1' '"sum": "')"
verdict "a missing field" 'DENIED +malformed: filled: missing' "$(edit '"filled": true, ' '')"
verdict "null" 'DENIED +malformed: count: null' "$(edit '"count": 1' '"count": null')"
verdict "an unknown field" 'DENIED +malformed: size: unknown' "$(edit '"count": 1' '"count": 1, "size": 2')"
verdict "a string for an integer" 'DENIED +malformed: count: wants an integer, this is a string' "$(edit '"count": 1' '"count": "1"')"
verdict "a fraction" 'malformed: count: wants an integer, this is a fraction' "$(edit '"count": 1' '"count": 1.5')"
verdict "a negative integer" 'malformed: count: is below 0' "$(edit '"count": 1' '"count": -1')"
verdict "an integer for a bool" 'malformed: filled: wants a bool' "$(edit 'true' '1')"
verdict "no such enumerator" 'malformed: color: "pink" is no value of color' "$(edit 'green' 'pink')"
verdict "an object for a list" 'malformed: sizes: wants an array, this is an object' "$(edit '"sizes": \[\]' '"sizes": {}')"
verdict "a set twice the same" 'malformed: tags: "x" is there twice' "$(edit '"tags": \[\]' '"tags": ["x", "y", "x"]')"
verdict "a set in any order" 'ALLOWED' "$(edit '"tags": \[\]' '"tags": ["z", "y", "x"]')"
verdict "too many elements" 'malformed: sizes: more than 3 elements' "$(edit '"sizes": \[\]' '"sizes": [1, 2, 3, 4]')"
verdict "an element of another type" 'malformed: sizes\[1\]: wants an integer' "$(edit '"sizes": \[\]' '"sizes": [1, "2"]')"
verdict "NAME=VALUE" 'ALLOWED' "$(edit '"vars": \[\]' '"vars": ["a=1=2", {"name": "b", "value": ""}]')"
verdict "NAME without ="  'malformed: vars\[0\]: "a" has no' "$(edit '"vars": \[\]' '"vars": ["a"]')"
verdict "one name with two values" 'malformed: vars: "a" is there twice' "$(edit '"vars": \[\]' '"vars": ["a=1", "a=2"]')"
verdict "a path into a record" 'malformed: points\[0\]\.colors\[1\]: wants a string' \
	"$(edit '"points": \[\]' '"points": [{"name": "p", "x": 1, "colors": ["red", 3]}]')"
verdict "a record's missing member" 'malformed: points\[0\]\.x: missing' \
	"$(edit '"points": \[\]' '"points": [{"name": "p", "colors": []}]')"
verdict "bytes that are not text" 'DENIED .*a name is a word' "$(edit '"name": "a"' '"name": {"hex": "ff00"}')"
verdict "no such event" 'DENIED +malformed: event: the policy has no event "dance"' '[{"event": "dance"}]'
verdict "no such number" 'malformed: event: the policy has 4 events' '[{"event": 9}]'
verdict "an event without a rule" 'hidden +DENIED +the policy has no rule' '[{"event": "hidden"}]'
verdict "a denial names its requirement" 'toy.cpol:[0-9]+:[0-9]+: a name is a word' "$(edit '"name": "a"' '"name": "A"')"
verdict "what is dropped" 'ALLOWED  vars without "B"' "$(edit '"vars": \[\]' '"vars": ["B=1", "a=1"]')"
printf '[{%s}, {%s}]' "$good" "$good" >twice.json
exits 0 "denials alone are no failure" "$COCOAPOLV" replay toy.cpb twice.json
says '^2 requests, 1 allowed, 1 denied$' "and they are counted"
printf '[{%s, "expect": "deny"}]' "$good" >expect.json
exits 1 "an unexpected verdict is" "$COCOAPOLV" replay toy.cpb expect.json
says 'expected DENIED' "and is said"
echo '[{"event": ' >broken.json
exits 2 "broken JSON is trouble" "$COCOAPOLV" replay toy.cpb broken.json
says 'broken.json:' "and has a place"
for bad in '"alow"' 1 null; do
	printf '[{%s}, {%s, "expect": %s}]' "$good" "$good" "$bad" >expect.json
	exits 2 "the expectation $bad is trouble" "$COCOAPOLV" replay toy.cpb expect.json
	says 'expect.json: request 2: expect: wants "allow" or "deny"' "and is named and located"
	! grep -qE 'ALLOWED|DENIED' log
	claim $? "and nothing is judged"
done
echo '[{"event": 0, "fields": {}, "expekt": "deny"}]' >expect.json
exits 2 "so is an unknown name beside fields" "$COCOAPOLV" replay toy.cpb expect.json
says 'expect.json: request 1: "expekt": unknown beside "fields"' "which is named"
for none in '{}' '{"requests": 3}' '{"note": "x"}'; do
	echo "$none" >none.json
	exits 2 "$none is no request" "$COCOAPOLV" replay toy.cpb none.json
	says 'none.json: neither a request' "and that is said"
done
printf '{%s}' "$good" >one.json
exits 0 "a request alone is one" "$COCOAPOLV" replay toy.cpb one.json
says '^1 request, 1 allowed, 0 denied$' "and is counted as one"
echo '3' >three.json
exits 2 "JSON that is no list of requests is trouble" "$COCOAPOLV" replay toy.cpb three.json
"$COCOAPOLV" replay --json toy.cpb twice.json 2>log | jq -e '.requests[1].reason == "requirement" and .requests[1].place.line > 0 and .requests[0].gives.big == false' >>log 2>&1
claim $? "replay in JSON"

# ---- maps ----
mv toy.cpb.map away.map
exits 0 "without a map" "$COCOAPOLV" replay toy.cpb twice.json
says '\(pc [0-9]+\)' "there are numbers"
exits 0 "with --map" "$COCOAPOLV" replay --map away.map toy.cpb twice.json
says 'toy.cpol:' "there are places"
sed '1s/sha256:..../sha256:0000/' away.map >toy.cpb.map
exits 0 "a map of another policy is not used" "$COCOAPOLV" replay toy.cpb twice.json
says 'map of another policy' "and that is said"
exits 2 "nor when it is asked for" "$COCOAPOLV" replay --map toy.cpb.map toy.cpb twice.json
cp away.map toy.cpb.map

# ---- proofs and traces ----
exits 1 "the toy is refuted" "$COCOAPOLV" prove toy.cpb
says '^PROVED +words ' "words is proved"
says '^PROVED +kept ' "kept is proved"
says '^PROVED +drawn_once ' "drawn_once is proved"
says '^REFUTED +still_drawn .* by 2 requests:$' "still_drawn falls after two requests"
says '^REFUTED +painted .* by 1 request:$' "painted falls at once"
says '^     still_drawn is false in this state: .*toy.cpol:[0-9]+:' "with its place"
says '^       \+ drawn\["[a-z]+"\] = ' "and what each request changes"
"$COCOAPOLV" prove --json toy.cpb >out.json 2>log
[ $? -eq 1 ] && jq -e '.refuted == 2 and .unknown == 0 and .proved == 3' out.json >>log 2>&1
claim $? "prove in JSON"
for c in still_drawn painted; do
	jq --arg c $c '[.claims[] | select(.name == $c).trace[].request + {expect: "allow"}]' out.json >$c.json 2>log
	exits 0 "the trace of $c is allowed, request by request" "$COCOAPOLV" replay toy.cpb $c.json
done
exits 0 "both can be reached" "$COCOAPOLV" reach toy.cpb
says '^REACHED +both .* by 3 requests:$' "by three requests"
"$COCOAPOLV" reach --json toy.cpb 2>log | jq -e '.claims[0].verdict == "REACHED" and (.claims[0].trace | length) == 3' >>log 2>&1
claim $? "reach in JSON"

# ---- streams ----
printf '[{"event":"\\u001b[2J\\n99 paint ALLOWED"}]' >forged.json
exits 0 "an event that no policy has is denied" "$COCOAPOLV" replay toy.cpb forged.json
! grep -q "$(printf '\033')" log && ! grep -q '^99' log
claim $? "and its name forges no line"
"$COCOAPOLV" prove toy.cpb >plain 2>log
! grep -q "$(printf '\033')" plain
claim $? "no colour but on a terminal"
if [ -e /dev/full ]; then
	"$COCOAPOLV" --help >/dev/full 2>log
	[ $? -eq 2 ]
	claim $? "a full disk is trouble"
fi
exit $status
