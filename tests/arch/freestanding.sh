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
bytes=$(size "$archive" 2>/dev/null | awk 'NR > 1 { text += $1 } END { print text }')
echo "# $bytes bytes of code and constants"
if [ -z "${SANITIZERS:-}" ]; then
	claim "the guest has less than 32 KiB of code and constants" "$([ "$bytes" -lt 32768 ] || echo "$bytes")"
fi
exit $status
