#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every file of the vectors to its policies, and every policy to its answers:
# compiled, all claims proved, all of it can run.  One line for each that is
# anything else, and a sum.  It takes minutes: make check-imports.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
: "${COCOAPOL_VECTORS:=$srcdir/../shared/vectors}"
if [ ! -d "$COCOAPOL_VECTORS/k8s" ]; then
	echo "skip - the policies of all files can run: no $COCOAPOL_VECTORS"
	exit 0
fi
answer() { # POLICY: its line
	name=$(echo "$1" | sed "s|^$tmp/||; s|\.cpol$||")
	compiled=no proved=no reached=no
	"$COCOAPOLC" compile --no-map "$1" -o "$1.cpb" 2>/dev/null && compiled=yes
	[ $compiled = no ] || { "$COCOAPOLV" prove --timeout 120 "$1.cpb" >/dev/null 2>&1 && proved=yes; }
	[ $compiled = no ] || { "$COCOAPOLV" reach --timeout 120 "$1.cpb" >/dev/null 2>&1 && reached=yes; }
	echo "$compiled $proved $reached $name"
}
if [ "${1:-}" = --one ]; then
	tmp=$2
	trap - EXIT
	answer "$3"
	exit 0
fi
files=0 refused=0
for file in "$COCOAPOL_VECTORS"/k8s/* "$COCOAPOL_VECTORS"/compose/* "$COCOAPOL_VECTORS"/aci/* \
	"$COCOAPOL_VECTORS/hcsshim/policy.rego"; do
	files=$((files + 1))
	folder=$tmp/$(basename "$(dirname "$file")")/$(basename "$file")
	mkdir -p "$folder"
	"$COCOAPOLC" import --assume-images --output-dir "$folder" "$file" >/dev/null 2>&1 || refused=$((refused + 1))
done
find "$tmp" -name '*.cpol' | sort | xargs -P "$(nproc)" -I{} sh "$0" --one "$tmp" {} >"$tmp/answers"
grep -v '^yes yes yes ' "$tmp/answers"
count() { grep -c "$1" "$tmp/answers"; }
all=$(wc -l <"$tmp/answers")
echo "$files files, $refused refused; $all policies, $(count '^yes') compiled, $(count '^yes yes') proved, $(count '^yes [a-z]* yes') can run"
if [ "$all" -gt 0 ] && [ "$(count '^yes yes yes')" -eq "$all" ]; then
	echo "ok - all policies of all files compile, are proved and can run"
else
	echo "not ok - all policies of all files compile, are proved and can run"
	status=1
fi
exit $status
