#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolv's options change how long an answer takes, never the answer: as many
# processes as one likes, what was proved before, another seed, too little
# memory or time, and an end in the middle.
. "$srcdir/tests/claims.sh"
prove() { # STATUS ARGUMENT...: verdicts in out.json
	want=$1
	shift
	"$COCOAPOLV" prove --json --timeout 300 "$@" >out.json 2>log
	got=$?
	[ "$got" -eq "$want" ] || { echo "exit status $got, not $want" >>log; return 1; }
}
# All that does not depend on the clock.
verdicts() { jq -S '[.proved, .refuted, .unknown, (.claims | map(del(.seconds)))]' out.json; }
number() { jq ".$1" out.json; }

"$COCOAPOLC" compile "$srcdir/tests/repairs/small.cpol" -o small.cpb >log 2>&1 &&
	"$COCOAPOLC" compile "$srcdir/examples/storefront.cpol" -o other.cpb >log 2>&1
claim $? "the policies compile"

# ---- processes ----
prove 0 --jobs 1 small.cpb && verdicts >one && number queries >one.queries
claim $? "all is proved by one process"
prove 0 --jobs 5 small.cpb && verdicts | cmp one - >>log && number queries | cmp one.queries - >>log
claim $? "five say the same, with the same queries"

# A process that is killed takes no answer with it: its goals are asked again.
"$COCOAPOLV" prove --json --jobs 2 --cache killed small.cpb >out.json 2>log &
process=$!
while [ -z "$(ls killed 2>/dev/null)" ]; do sleep 0.02; done
child=$(ps -o pid= --ppid $process | head -1)
kill -KILL "${child# }" 2>>log
killed=$?
wait $process
[ $? -eq 0 ] && [ $killed -eq 0 ] && verdicts | cmp one - >>log
claim $? "a process that dies costs time and no verdict"

# ---- what was proved before ----
prove 0 --cache cache small.cpb && verdicts | cmp one - >>log && [ "$(number cached)" -eq 0 ]
claim $? "an empty cache changes nothing"
prove 0 --cache cache small.cpb && verdicts | cmp one - >>log && [ "$(number queries)" -eq 0 ]
claim $? "the second proof asks the solver nothing"
prove 0 --cache cache --lemmas small.cpb && verdicts | cmp one - >>log && [ "$(number queries)" -eq 0 ] &&
	jq -e .lemma_set out.json >>log
claim $? "nor one that has lemmas to write down"
whole=$(grep -l '^proved [0-9]* claims' cache/*)
cp -R cache parts && rm -f "parts/${whole#cache/}"
prove 0 --cache parts small.cpb && [ "$(number queries)" -eq 0 ] && cmp "$whole" "parts/${whole#cache/}" 2>>log
claim $? "without the entry of the whole its parts do, and it is made again"
for change in 's/^proved /proved 1/' 's/claims: /claims: 0/' 's/ policy / policy 0/' '1s/ [0-9a-f]\{16\} / 0123456789abcdef /' '$a more'; do
	sed -i "$change" "parts/${whole#cache/}"
	! cmp "$whole" "parts/${whole#cache/}" >>log && prove 0 --cache parts small.cpb &&
		cmp "$whole" "parts/${whole#cache/}" >>log || break
done
claim $? "an entry of the whole that was changed is none: $change"
prove 0 --cache cache other.cpb && [ "$(number cached)" -gt 100 ] && [ "$(number queries)" -gt 0 ]
claim $? "another policy of the framework needs little more"
cp -R cache cut
for entry in cut/*; do
	head -c "$(($(wc -c <"$entry") - 1))" "$entry" >entry && cp entry "$entry"
done
prove 0 --cache cut small.cpb && verdicts | cmp one - >>log && [ "$(number cached)" -eq 0 ]
claim $? "entries that are cut off are none"
prove 0 --cache cut small.cpb && [ "$(number queries)" -eq 0 ]
claim $? "and are replaced"
cp -R cache foreign
previous=
for entry in foreign/*; do      # each gets the text of the one before
	cp "$entry" entry
	[ -z "$previous" ] || cp previous "$entry"
	cp entry previous
	previous=$entry
done
prove 0 --cache foreign small.cpb && verdicts | cmp one - >>log && [ "$(number queries)" -gt 100 ]
claim $? "entries of other questions are none"
cp -R cache changed
sed -i 's/^cocoapolv /cocoapolv 0/' changed/*
prove 0 --cache changed small.cpb && [ "$(number cached)" -eq 0 ]
claim $? "entries of another verifier are none"
# What a missing repair makes false was true with it; the cache is full of that.
grep -v '# repair layer_in_use$' "$srcdir/framework/cocoaexpo.cpol" >broken.cpol
"$COCOAPOLC" compile --framework broken.cpol "$srcdir/tests/repairs/small.cpol" -o broken.cpb 2>log &&
	prove 1 --cache cache broken.cpb &&
	[ "$(jq -r '.claims[] | select(.name == "layers_stay").verdict' out.json)" = REFUTED ]
claim $? "what is false stays so, whatever is in the cache"
"$COCOAPOLV" prove --cache both small.cpb >log 2>&1 &
first=$!
"$COCOAPOLV" prove --cache both small.cpb >log 2>&1
wait $first && prove 0 --cache both small.cpb && [ "$(number queries)" -eq 0 ]
claim $? "two at once fill one cache"
[ -z "$(find both cache -name '*.*')" ]
claim $? "and leave nothing else there"
prove 2 --cache small.cpb small.cpb
claim $? "a file is no cache"
prove 2 --cache none/such small.cpb
claim $? "nor is a folder in no folder"

# ---- seed, memory, time ----
prove 0 --seed 7 small.cpb && verdicts | cmp one - >>log
claim $? "another seed, the same verdicts"
for bad in "--jobs 0" "--jobs 1000" "--jobs many" "--seed -1" "--seed 1x" "--memory 0" "--memory lots" "--cache ="; do
	[ "$bad" != "--cache =" ] || bad="--cache="
	# shellcheck disable=SC2086
	"$COCOAPOLV" prove $bad small.cpb >log 2>&1
	[ $? -eq 2 ] && grep -q -- "${bad%%[ =]*} wants" log
	claim $? "'$bad' is refused, with what is wanted"
done
if [ -n "${SANITIZERS:-}" ]; then
	echo "skip - too little memory is no refutation: sanitizers need more than any bound"
else
	prove 2 --memory 20 small.cpb && [ "$(number refuted)" -eq 0 ] && [ "$(number unknown)" -gt 0 ] &&
		jq -e 'all(.claims[] | select(.verdict == "UNKNOWN"); .try | test("--memory"))' out.json >>log
	claim $? "too little memory is no refutation, and is said"
fi
"$COCOAPOLV" prove --json --timeout 0.01 small.cpb >out.json 2>log
[ $? -eq 2 ] && [ "$(number refuted)" -eq 0 ] &&
	jq -e 'all(.claims[] | select(.verdict == "UNKNOWN"); .try | length > 0)' out.json >>log
claim $? "so is too little time, and each unknown has something to try"

# ---- an end in the middle ----
for signal in INT TERM; do
	"$COCOAPOLV" prove --jobs 2 --cache "cut-$signal" small.cpb >log 2>&1 &
	process=$!
	# As soon as something is proved.
	while [ -z "$(ls "cut-$signal" 2>/dev/null)" ]; do sleep 0.02; done
	kill -$signal $process
	wait $process
	[ $? -eq 130 ] && [ "$(tail -1 log)" = interrupted ] && grep -q '^UNKNOWN' log &&
		grep -q '^[0-9]* proved, 0 refuted, [0-9]* unknown' log
	claim $? "SIG$signal ends it with what is known, and status 130"
	[ -z "$(ps -o pid= --ppid $process 2>/dev/null)$(find "cut-$signal" -name '*.*')" ]
	claim $? "no process and no file is left"
	prove 0 --cache "cut-$signal" small.cpb && verdicts | cmp one - >>log && [ "$(number cached)" -gt 0 ]
	claim $? "what was proved before it is of use"
done

# ---- what can't be reached ----
cat >never.cpol <<'P'
policy idle svn 1 uses cocoaexpo 1
container job {
  layers [ verity erofs sha256:1111111111111111111111111111111111111111111111111111111111111111 blocks 8 salt "aa" ]
  command ["/bin/job"]
}
reachable runs: some id in started: id in stack
reachable two_mounts: some t in device: t in disk
P
"$COCOAPOLC" compile never.cpol -o never.cpb 2>log && "$COCOAPOLV" reach --json never.cpb >out.json 2>log
[ $? -eq 1 ] && [ "$(jq -r '.claims | map(.name + " " + .verdict) | join(", ")' out.json)" = \
	"runs REACHED, two_mounts IMPOSSIBLE" ]
claim $? "what no requests lead to is proved impossible, with status 1"
exit $status
