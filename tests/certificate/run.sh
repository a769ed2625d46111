#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Certificates: written by cocoapolv, followed by cocoapol-check, small and soon
# checked; a changed one is refused, and so is one for another policy.
#   run.sh            what a check has time for
#   run.sh COUNT      so many changes of the standard set's certificate
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
check=$builddir/cocoapol-check mutate=$builddir/mutate
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat "$tmp/log"; status=1; fi
}
checks() { # STATUS CLAIM COMMAND...: the exit status of cocoapol-check
	want=$1 what=$2
	shift 2
	"$check" "$@" >"$tmp/log" 2>&1
	[ $? -eq "$want" ]
	claim $? "$what"
}
compile() { "$COCOAPOLC" compile "$1" -o "$tmp/$2.cpb" --no-map >"$tmp/log" 2>&1 || claim 1 "$2 compiles"; }
changes() { # NAME COUNT
	"$mutate" "$tmp/$1.cpb" "$tmp/$1.cert" "$2" >"$tmp/log"
	claim $? "$1: $(sed -n 's/^\(not \)*ok - //p' "$tmp/log")"
	grep '^#' "$tmp/log"
}

compile "$srcdir/tests/repairs/small.cpol" small
"$COCOAPOLV" prove --timeout 300 --certificate "$tmp/small.cert" "$tmp/small.cpb" >"$tmp/log" 2>&1
claim $? "a certificate of the standard set is written"
checks 0 "and proves all of it" "$tmp/small.cpb" "$tmp/small.cert"
if [ $# -gt 0 ]; then
	changes small "$1"
	exit $status
fi
[ "$(grep -c '^PROVED' "$tmp/log")" -ge 90 ]
claim $? "every claim is named"
[ "$(wc -c <"$tmp/small.cert")" -lt 1000000 ]
claim $? "it has $(wc -c <"$tmp/small.cert") bytes, under 1 MB"
ms=$(sh -c 'i=0
	while [ $i -lt 10 ]; do "$0" "$1" "$2" >/dev/null; i=$((i + 1)); done
	times' "$check" "$tmp/small.cpb" "$tmp/small.cert" |
	awk 'NR == 2 { split($1, user, /[ms]/); split($2, sys, /[ms]/)
		printf "%d", (60 * (user[1] + sys[1]) + user[2] + sys[2]) * 100 }')
[ -n "${SANITIZERS:-}" ] || [ "$ms" -lt 100 ]
claim $? "and is checked in $ms ms, under 100 ms"

# A repair taken away: the same steps prove it no more.
while read -r name claim; do
	case $name in '#'*) continue ;; esac
	if [ -f "$srcdir/tests/repairs/$name.sed" ]; then
		sed -f "$srcdir/tests/repairs/$name.sed" "$srcdir/framework/cocoaexpo.cpol" >"$tmp/cocoaexpo.cpol"
	else
		grep -v "# repair $name\$" "$srcdir/framework/cocoaexpo.cpol" >"$tmp/cocoaexpo.cpol"
	fi
	"$COCOAPOLC" compile --framework "$tmp/cocoaexpo.cpol" "$srcdir/tests/repairs/small.cpol" -o "$tmp/broken.cpb" \
		--no-map >"$tmp/log" 2>&1 && "$mutate" --for "$tmp/broken.cpb" "$tmp/small.cert" >"$tmp/log" 2>&1
	claim $? "without the repair $name ($claim) the certificate is refused: $(sed -n 's/^# //p' "$tmp/log")"
done <"$srcdir/tests/repairs/list"
checks 1 "a certificate of another policy is refused" "$tmp/broken.cpb" "$tmp/small.cert"

# A policy of which claims are false, and one that needs lemmas.
compile "$srcdir/tests/cli/toy.cpol" toy
"$COCOAPOLV" prove --certificate "$tmp/toy.cert" "$tmp/toy.cpb" >"$tmp/log" 2>&1
[ $? -eq 1 ]
claim $? "what is proved of a policy is written down though more of it is refuted"
checks 1 "false claims are not among it" "$tmp/toy.cpb" "$tmp/toy.cert"
grep -q '^NOT PROVED  still_drawn' "$tmp/log" && grep -q '^NOT PROVED  painted' "$tmp/log"
claim $? "and are named"
checks 0 "what is wanted may be what is proved" --claim words --claim kept "$tmp/toy.cpb" "$tmp/toy.cert"
checks 1 "and may be more" --claim words --claim still_drawn "$tmp/toy.cpb" "$tmp/toy.cert"
changes toy 20000
compile "$srcdir/tests/certificate/lemma.cpol" lemma
"$COCOAPOLV" prove --certificate "$tmp/lemma.cert" "$tmp/lemma.cpb" >"$tmp/log" 2>&1
claim $? "a certificate with lemmas is written"
checks 0 "and is good" "$tmp/lemma.cpb" "$tmp/lemma.cert"
grep -q ' [1-9][0-9]* lemmas' "$tmp/log"
claim $? "it has lemmas"
changes lemma 20000

# A claim that stays open takes the time of all verdicts, but not that of the others' certificates.
{ cat "$srcdir/tests/repairs/small.cpol"; echo 'invariant few: count(id in device: true) <= 60'; } >"$tmp/hard.cpol"
compile "$tmp/hard.cpol" hard
"$COCOAPOLV" prove --json --timeout 24 --certificate "$tmp/hard.cert" "$tmp/hard.cpb" >"$tmp/hard.json" 2>"$tmp/log"
[ $? -eq 2 ] && jq -e '.unknown > 0 and .proved > 30 and .certified == .proved' "$tmp/hard.json" >>"$tmp/log"
claim $? "what is proved beside a claim that stays open is certified"

# Nothing proves what is false; what is true is found the same way.
invent=$builddir/invent
compile "$srcdir/tests/certificate/traps.cpol" traps
compile "$srcdir/examples/careless.cpol" careless
"$invent" "$tmp/traps.cpb" at_most_one fewer grows letter one_name shrinks some_is_all subset || status=1
"$invent" "$tmp/toy.cpb" still_drawn painted || status=1
"$invent" "$tmp/careless.cpb" layers_stay verified_overlay verified_rootfs || status=1
"$invent" "$tmp/traps.cpb" words ordered >"$tmp/log" 2>&1
[ $? -eq 1 ] && [ "$(grep -c '^not ok' "$tmp/log")" -eq 2 ]
claim $? "steps found at random do prove what is true"

# Arguments and files.
: >"$tmp/empty"
printf 'COCOCERT\0\0\0\1' >"$tmp/short"
checks 1 "an empty file is refused" "$tmp/toy.cpb" "$tmp/empty"
checks 1 "a short file is refused" "$tmp/toy.cpb" "$tmp/short"
checks 1 "a policy is no certificate" "$tmp/toy.cpb" "$tmp/toy.cpb"
checks 2 "a certificate is no policy" "$tmp/toy.cert" "$tmp/toy.cert"
checks 2 "a missing file is trouble" "$tmp/toy.cpb" "$tmp/missing"
checks 2 "a directory is trouble" "$tmp/toy.cpb" "$tmp"
checks 2 "no argument is trouble"
checks 2 "one argument is trouble" "$tmp/toy.cpb"
checks 2 "three arguments are trouble" "$tmp/toy.cpb" "$tmp/toy.cert" more
checks 2 "an option that is none is trouble" --what "$tmp/toy.cpb" "$tmp/toy.cert"
checks 2 "a claim that is none is trouble" --claim nothing "$tmp/toy.cpb" "$tmp/toy.cert"
checks 2 "a reachable claim is trouble" --claim both "$tmp/toy.cpb" "$tmp/toy.cert"
checks 0 "--help is said" --help
checks 0 "--version is said" --version
for file in toy.cert empty; do
	"$check" --json "$tmp/toy.cpb" "$tmp/$file" 2>"$tmp/log" | jq . >"$tmp/json" 2>>"$tmp/log"
	claim $? "--json of $file is JSON"
done
"$COCOAPOLV" prove --certificate "$tmp/no/such" "$tmp/toy.cpb" >"$tmp/log" 2>&1
grep -q 'no/such: No such file' "$tmp/log"
claim $? "a certificate that can't be written is said"
"$COCOAPOLV" reach --certificate "$tmp/toy.cert" "$tmp/toy.cpb" >"$tmp/log" 2>&1
[ $? -eq 2 ]
claim $? "reach writes no certificate"
exit $status
