#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Why a claim falls (or holds) at the end of a trace: why.want has, for each
# claim of why.cpol, the parts that decide it.  What is made up looks real, and
# what prove and reach write, replay reads.
. "$srcdir/tests/claims.sh"
here=$srcdir/tests/verify

exits 0 "the policy compiles" "$COCOAPOLC" compile "$here/why.cpol" -o why.cpb
"$COCOAPOLV" prove --json --timeout 10 why.cpb >prove.json 2>log
[ $? -eq 1 ] && [ "$(jq .refuted prove.json)" -eq "$(grep -cE '^(invariant|always)' "$here/why.cpol")" ]
claim $? "each claim falls"
exits 0 "the goal is reached" "$COCOAPOLV" reach --json why.cpb
cp log reach.json
# A line for each part: the claim, what is said, of what, and its value.
jq -r '.claims[] | .name as $name | .why[] | to_entries | $name + " "
	+ (map(select(.key != "is"))[0] | .key + " " + .value)
	+ (map(select(.key == "is") | " = " + .value) | join(""))' prove.json reach.json >why
if [ "${UPDATE:-}" = 1 ]; then cp why "$here/why.want"; fi
for name in $(cut -d' ' -f1 "$here/why.want" | sort -u); do
	grep "^$name " "$here/why.want" >want
	grep "^$name " why | diff want - >log
	claim $? "why $name is decided"
done
[ "$(wc -l <why)" -eq "$(wc -l <"$here/why.want")" ]
claim $? "and of no other claim"
mv why.cpb.map away.map
"$COCOAPOLV" prove --timeout 10 why.cpb >log 2>&1
says '^       all k in drawn: drawn\[k\]\.size <= 1$' "without a map the bytes say what is claimed"
says '^       false: drawn\[x\]\.size <= 1$' "and which part is false"
mv away.map why.cpb.map

# ---- replay of what was written ----
for name in a_forall h_erased k_old; do
	exits 0 "the trace of $name in the report replays" "$COCOAPOLV" replay --claim $name why.cpb prove.json
done
exits 2 "a report with several traces wants a claim" "$COCOAPOLV" replay why.cpb prove.json
says 'which claim, of "a_forall", ' "and says which there are"
exits 2 "a claim without a trace is trouble" "$COCOAPOLV" replay --claim nothing why.cpb prove.json
says 'no trace of claim "nothing"; there are those of "a_forall"' "and says which there are"
exits 0 "the only trace needs no name" "$COCOAPOLV" replay why.cpb reach.json
says '^2 requests, 2 allowed, 0 denied$' "and is all played"
jq '.claims[] | select(.name == "h_erased")' prove.json >one.json
exits 0 "a claim of a report replays" "$COCOAPOLV" replay why.cpb one.json
jq '.trace' one.json >trace.json
exits 0 "a trace of a report replays" "$COCOAPOLV" replay why.cpb trace.json
exits 2 "a trace is no report of claims" "$COCOAPOLV" replay --claim h_erased why.cpb trace.json
jq 'reverse' trace.json >reversed.json
exits 1 "a trace in another order is not as expected" "$COCOAPOLV" replay why.cpb reversed.json
says 'erase +DENIED +\(expected ALLOWED\)' "as it is all to be allowed"
jq '[.[0] | .expect = "perhaps"]' trace.json >odd.json
exits 2 "an expectation of another kind is trouble" "$COCOAPOLV" replay why.cpb odd.json
says 'odd.json: request 1: expect: wants "allow" or "deny", this is "perhaps"$' "and is located"
jq 'map(.expcet = "allow")' trace.json >odd.json
exits 2 "so is what none knows beside a request" "$COCOAPOLV" replay why.cpb odd.json
says 'odd.json: request 1: "expcet": unknown beside "request"$' "and is named"
echo '{"claims": []}' >none.json
exits 2 "a report without traces is trouble" "$COCOAPOLV" replay why.cpb none.json
says 'no claim of this report has a trace' "and that is said"
echo '{"claims": [3, {"name": 4, "trace": [{"request": {"request": 1}}]}]}' >strange.json
exits 0 "a strange report is malformed requests" "$COCOAPOLV" replay why.cpb strange.json
says 'DENIED +malformed' "which are denied"

# ---- names that are made up ----
exits 0 "a group compiles" "$COCOAPOLC" compile "$srcdir/examples/storefront.cpol" -o group.cpb
exits 0 "what it is for is reached" "$COCOAPOLV" reach --json group.cpb
cp log group.json
jq -r '.claims[].trace[].request | select(.event == "mount_overlay").id' group.json >ids
[ "$(sort -u ids | wc -l)" -ge 2 ] && ! grep -vqE '^[0-9a-f]{64}$' ids
claim $? "containers have ids"
! grep -qE '(.)\1{8}' ids
claim $? "that look like ids"
jq -e '[.claims[].trace[].request | select(.event == "create_container")
	| . as $r | .sandbox_dir | contains("/" + $r.id + "/")] | length > 0 and all' group.json >log
claim $? "and directories that are named after them"
exits 0 "and the trace replays" "$COCOAPOLV" replay group.cpb group.json
"$COCOAPOLV" reach --json group.cpb | jq '.claims |= map(del(.seconds))' >again 2>log
jq '.claims |= map(del(.seconds))' group.json | diff - again >>log
claim $? "the names are the same each time"
exit $status
