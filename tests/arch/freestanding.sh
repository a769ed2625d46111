#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The guest's archive (the argument) needs nothing but what compilers call
# unasked, names nothing that is not its own, and has no data that must be
# relocated, written or constructed.  Prints its size.
archive=$1
: "${NM:=nm}" "${READELF:=readelf}"
status=0

claim() {               # claim WORDS EVIDENCE: holds if there is no evidence
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		echo "$2" | sed 's/^/#  /'
		status=1
	fi
}

[ -s "$archive" ] || { echo "not ok - there is an archive"; exit 1; }
symbols=$($NM "$archive") || exit 2
members=$($NM "$archive" | grep -c '^[^ ].*:$')
[ "$members" -gt 4 ] || { echo "not ok - the archive has members"; exit 1; }

# What sanitizers and coverage add is not ours.
ignored='__asan_|__ubsan_|__sanitizer_|__gcov_|llvm_|__llvm_'
defined=$(echo "$symbols" | awk 'NF == 3 && $2 ~ /^[TDBRCVW]$/ { print $3 }' | sort -u)
undefined=$(echo "$symbols" | awk 'NF == 2 && $1 == "U" { print $2 }' | sort -u |
	grep -vE "^($ignored)" | grep -vxF "$defined")
claim "the guest calls only memcpy, memmove, memset and memcmp" \
	"$(echo "$undefined" | grep -vxE '_GLOBAL_OFFSET_TABLE_|memcpy|memmove|memset|memcmp|')"
claim "the guest defines only bc_, cpol_ and state_" \
	"$(echo "$defined" | grep -vE "^(bc_|cpol_|state_|$ignored)")"
if [ -z "${SANITIZERS:-}" ]; then
	claim "the guest has no variables" \
		"$(echo "$symbols" | awk 'NF == 3 && $2 ~ /^[DdBbC]$/ { print $3 }')"
	# A jump table holds distances, which the linker settles; an address in
	# the data would have to be settled again wherever the guest is loaded.
	claim "the guest's constants hold no addresses" "$($READELF -rW "$archive" |
		awk '/^Relocation section/ { data = $3 ~ /rodata|\.data/ } data && $3 ~ /_64$|_32S?$|ABS/ && $3 !~ /PC/')"
fi

# What an agent links, by compilers that can say how deep the stack gets.
text_most=24576 stack_most=4096
. "$srcdir/tests/arch/guest.sh"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
measure() {             # measure NAME COMPILER MOST
	if ! command -v "$2" >/dev/null || ! echo 'int x;' |
		"$2" -fcallgraph-info=su -x c -c - -o "$tmp/x.o" 2>/dev/null; then
		echo "skip - the guest for $1: no $2 that knows -fcallgraph-info"
		return
	fi
	guest_build "$2" "$tmp/$1" >"$tmp/log" 2>&1 || { claim "the guest for $1 builds" "$(cat "$tmp/log")"; return; }
	set -- "$1" "$3" $(guest_size "$tmp/$1")
	echo "# $1: $3 bytes of code, $4 of constants, no variables, $5 relocations"
	claim "the guest for $1 links at most $2 bytes of code and constants" "$([ $(($3 + $4)) -le "$2" ] || echo "$3 + $4")"
	claim "the guest for $1 has no relocation when linked" "$([ "$5" -eq 0 ] || echo "$5")"
	deepest=$(guest_stack "$tmp/$1")
	echo "# $1: $deepest bytes of stack at most" | sed 's/ bytes of stack at most$//; s/: \([0-9]*\) /: \1 bytes of stack at most: /'
	claim "the guest for $1 needs at most $stack_most bytes of stack, and calls itself nowhere" \
		"$([ "${deepest%% *}" -le $stack_most ] 2>/dev/null || echo "$deepest")"
}
if [ -z "${SANITIZERS:-}" ]; then
	measure "$(uname -m)" "${CC:-gcc}" $text_most
	measure arm64 aarch64-linux-gnu-gcc 29696
fi
exit $status
