#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh quick|all [TARGET...]: the guest, built by each compiler of `targets`, gives the
# same verdicts and states for requests that the hostile host wrote down; and, with
# `all`, the compiler built so compiles the examples to the same bytes.  Targets
# whose tools are not here are skipped, and then `all` ends with exit status 2.
how=$1
shift
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
failed=0 missing=0
policies="$srcdir/examples/storefront.cpol $srcdir/tests/repairs/small.cpol"
[ "$how" = quick ] || policies="$(grep -l uses "$srcdir"/examples/*.cpol) $srcdir/tests/repairs/small.cpol"
guest="$srcdir/src/bytecode/*.c $srcdir/src/runtime/*.c $srcdir/src/base/arena.c $srcdir/src/base/file.c"
whole="$srcdir/src/base/bytes.c $srcdir/src/base/diag.c $srcdir/src/base/refusal.c $srcdir/src/base/srcmap.c
	$srcdir/src/automata/*.c $srcdir/src/bound/*.c $srcdir/src/compiler/*.c $builddir/grammar/parse.c $builddir/grammar/scan.c"

not_ok() { # CLAIM LOG
	echo "not ok - $1"
	tail -20 "$2"
	failed=1
}

for policy in $policies; do
	"$COCOAPOLC" compile --no-map "$policy" -o "$(basename "$policy" .cpol).cpb" 2>log || exit 2
done
if [ "$how" = quick ]; then n=3000; else n=20000; fi
"$builddir/hostile" -r storefront.requests storefront.cpb "$srcdir/examples/storefront.requests.json" $n >log || not_ok record log
"$builddir/hostile" -r small.requests small.cpb "$srcdir/tests/hostile/small.requests.json" $n >log || not_ok record log

build() { # CC...
	if [ "$how" = quick ]; then
		# shellcheck disable=SC2086
		$cc -DGUEST_ONLY -std=c11 -D_POSIX_C_SOURCE=200809L -w -I"$srcdir/src" -I"$srcdir/src/bytecode" \
			"$srcdir/tests/portable/portable.c" $guest -o portable
	else
		# shellcheck disable=SC2086
		$cc -std=c11 -D_POSIX_C_SOURCE=200809L -w -I"$srcdir" -I"$srcdir/src" -I"$srcdir/src/bytecode" \
			-I"$builddir" -I"$builddir/grammar" -I"$srcdir/grammar" "$srcdir/tests/portable/portable.c" $guest $whole -o portable
	fi
}

verdicts() { # TARGET
	for p in storefront small; do
		$with ./portable run $p.cpb $p.requests >"$p.answers" 2>log || { not_ok "$1: runs" log; return; }
		[ -e $p.want ] || { cp $p.answers $p.want; first=$1; }
		cmp $p.answers $p.want >log || { not_ok "$1: the same verdicts and states as $first" log; return; }
	done
	echo "ok - $1: $(cat ./*.want | wc -l) requests have the same verdicts and states$([ "$1" = "$first" ] || echo " as with $first")"
}

bytes() { # TARGET
	for policy in $policies; do
		name=$(basename "$policy" .cpol)
		$with ./portable compile "$srcdir/framework/cocoaexpo.cpol" "$policy" out.cpb 2>log ||
			{ not_ok "$1: compiles $name" log; return; }
		cmp out.cpb "$name.cpb" >log || { not_ok "$1: the same bytes of $name" log; return; }
	done
	echo "ok - $1: the compiler's bytes of $(echo $policies | wc -w) policies are the same"
}

first=
while read -r name with packages cc; do
	case $name in ''|'#'*) continue ;; esac
	[ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
	[ "$with" != - ] || with=
	echo 'int main(void) { return 0; }' >tool.c
	if ! $cc tool.c -o tool 2>/dev/null || ! $with ./tool 2>/dev/null; then
		echo "skip - $name: the same verdicts and states: apt-get install $(echo $packages | tr , ' ')"
		[ "$how" = quick ] || missing=2
		continue
	fi
	if ! build 2>log; then
		not_ok "$name: builds" log
		continue
	fi
	verdicts "$name"
	[ "$how" = quick ] || bytes "$name"
done <"$srcdir/tests/portable/targets"
[ "$failed" -eq 0 ] || exit 1
exit $missing
