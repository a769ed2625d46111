#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Policies of hcsshim: each FILE.rego of tests/import/hcsshim becomes FILE.cpol, or
# is refused, with the complaints FILE.err; UPDATE=1 rewrites both.  What is
# imported proves the framework's invariants and reaches its deployment.
#
# With the sample of hcsshim's simulator: what is imported is the policy that was
# written by hand of it.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cases=$srcdir/tests/import/hcsshim
cp "$cases"/*.rego "$tmp" || exit 2
cd "$tmp" || exit 2

ok() { echo "ok - $1"; }
not_ok() { # CLAIM FILE
	echo "not ok - $1"
	head -50 "$2"
	status=1
}
same() { # CLAIM MADE WANTED
	if [ -n "${UPDATE:-}" ]; then
		[ -s "$2" ] && cp "$2" "$3" || rm -f "$3"
	fi
	[ -f "$3" ] || : >"$tmp/none"
	if diff "$([ -f "$3" ] && echo "$3" || echo "$tmp/none")" "$2" >"$tmp/diff"; then ok "$1"; else not_ok "$1" "$tmp/diff"; fi
}
proves() { # NAME
	if "$COCOAPOLV" prove "$1.cpb" >"$tmp/log" 2>&1; then
		ok "$1: every invariant is proved of it"
	else
		not_ok "$1: every invariant is proved of it" "$tmp/log"
	fi
}
runs() { # NAME: of NAME.cpol
	if ! "$COCOAPOLC" compile "$1.cpol" -o "$1.cpb" 2>"$tmp/log"; then
		not_ok "$1: what is imported compiles" "$tmp/log"
		return
	fi
	if "$COCOAPOLV" reach "$1.cpb" >"$tmp/log" 2>&1; then
		ok "$1: everything can run"
	else
		not_ok "$1: everything can run" "$tmp/log"
	fi
}

for file in *.rego; do
	name=${file%.rego}
	"$COCOAPOLC" import "$file" >"$name.cpol" 2>"$name.err"
	got=$?
	want=1
	[ ! -f "$cases/$name.cpol" ] || want=0
	[ -z "${UPDATE:-}" ] || want=$got
	if [ "$got" -eq "$want" ]; then ok "$name: exit status $want"; else not_ok "$name: exit status $want, not $got" "$name.err"; fi
	same "$name: the policy is as expected" "$name.cpol" "$cases/$name.cpol"
	same "$name: the complaints are as expected" "$name.err" "$cases/$name.err"
	[ "$got" -ne 0 ] || runs "$name"
done
proves rich
if "$COCOAPOLC" import --strict rich.rego >strict 2>strict.err; then
	not_ok "an unknown field is an error if --strict" strict.err
elif [ "$(grep -c 'error: .*unknown-field' strict.err)" -ge 2 ] && [ ! -s strict ]; then
	ok "an unknown field is an error if --strict"
else
	not_ok "an unknown field is an error if --strict" strict.err
fi

claim="the simulator's sample is imported as the policy written by hand of it"
sample=$COCOAPOL_VECTORS/hcsshim/policy.rego
if [ ! -f "$sample" ]; then
	echo "skip - $claim: no $sample"
	exit $status
fi
cp "$sample" sample.rego
"$COCOAPOLC" import sample.rego -o sample.cpol 2>log || not_ok "the simulator's sample is imported" log
runs sample
proves sample
"$COCOAPOLC" compile "$srcdir/examples/rustc-pause.cpol" -o hand.cpb 2>log
if "$COCOAPOLV" compare sample.cpb hand.cpb >log 2>&1 && grep -q '^equal$' log; then ok "$claim"; else not_ok "$claim" log; fi
exit $status
