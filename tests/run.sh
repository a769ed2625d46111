#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Run the tests named in tests/suite (or those given) and close with one line
# "N passed, N failed, N skipped".
#
# A test is a command that prints "ok - CLAIM", "not ok - CLAIM" or
# "skip - CLAIM: WHY" lines.  One that exits non-zero without a "not ok", or
# that claims nothing, counts as one failure.
#
# Environment (set by `make check`): srcdir, builddir, CC, NM, READELF.
set -u
: "${srcdir:=.}" "${builddir:=.}"
srcdir=$(cd "$srcdir" && pwd)
builddir=$(cd "$builddir" && pwd)
: "${COCOAPOL_VECTORS:=$srcdir/../shared/vectors}"
: "${NM:=nm}" "${READELF:=readelf}" "${CC:=cc}"
export srcdir builddir COCOAPOL_VECTORS NM READELF CC
export COCOAPOLC="$builddir/cocoapolc" COCOAPOLV="$builddir/cocoapolv"
export COCOAPOL_FRAMEWORK_DIR="$srcdir/framework"
export LC_ALL=C.UTF-8
unset NO_COLOR COLORTERM 2>/dev/null || :

work=$(mktemp -d "${TMPDIR:-/tmp}/cocoapol-check.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

passed=0 failed=0 skipped=0
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	green=$(printf '\033[32m') red=$(printf '\033[31m') off=$(printf '\033[0m')
else
	green='' red='' off=''
fi

run_one() {
	name=$1
	shift
	mkdir -p "$work/$name"
	start=$(date +%s)
	TMPDIR="$work/$name" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	seconds=$(($(date +%s) - start))
	p=$(grep -c '^ok ' "$work/out")
	f=$(grep -c '^not ok ' "$work/out")
	s=$(grep -c '^skip ' "$work/out")
	if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
		f=1
		echo "not ok - exit status $status" >>"$work/out"
	elif [ $((p + f + s)) -eq 0 ]; then
		f=1
		echo "not ok - nothing was claimed" >>"$work/out"
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	if [ "$f" -eq 0 ]; then
		printf '%spass%s  %-24s %4d ok' "$green" "$off" "$name" "$p"
	else
		printf '%sFAIL%s  %-24s %4d ok, %d not' "$red" "$off" "$name" "$p" "$f"
	fi
	[ "$s" -eq 0 ] || printf ', %d skipped' "$s"
	[ "$seconds" -lt 2 ] || printf '  (%d s)' "$seconds"
	echo
	grep '^skip ' "$work/out"
	if [ "$f" -ne 0 ]; then
		grep -v '^ok ' "$work/out" | tail -60
		tail -40 "$work/err"
	fi
}

while read -r name command; do
	case $name in ''|'#'*) continue ;; esac
	if [ $# -gt 0 ]; then
		case " $* " in *" $name "*) ;; *) continue ;; esac
	fi
	# The commands of the suite are ours and hold no spaces but between words.
	eval "run_one $name $command"
done <"$srcdir/tests/suite"

echo
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
