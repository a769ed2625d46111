#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every file of the vectors to its policies, and every policy to its answers:
# compiled, all claims proved, all of it can run.  A table for each kind of file,
# after one line for each policy that is anything else.  What is asked of the solver
# is the same for most policies, so each has the answers of those before it; still
# it takes minutes: make check-imports.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
: "${COCOAPOL_VECTORS:=$srcdir/../shared/vectors}"
if [ ! -d "$COCOAPOL_VECTORS/k8s" ]; then
	echo "skip - the policies of all files can run: no $COCOAPOL_VECTORS"
	exit 0
fi

# COMMAND...: yes or no, and the seconds that it took.
timed() {
	start=$(date +%s%N)
	if "$@" >/dev/null 2>&1; then said=yes; else said=no; fi
	hundredths=$((($(date +%s%N) - start) / 10000000))
	printf '%s %d.%02d\n' $said $((hundredths / 100)) $((hundredths % 100))
}

# POLICY: its line: kind, compiled, proved, seconds, reached, seconds, name.
answer() {
	name=$(echo "$1" | sed "s|^$tmp/||; s|\.cpol$||")
	compiled=no proved="no 0" reached="no 0"
	"$COCOAPOLC" compile --no-map "$1" -o "$1.cpb" 2>/dev/null && compiled=yes
	[ $compiled = no ] || proved=$(timed "$COCOAPOLV" prove --jobs 1 --cache "$tmp/cache" --timeout 120 "$1.cpb")
	[ $compiled = no ] || reached=$(timed "$COCOAPOLV" reach --timeout 120 "$1.cpb")
	echo "${name%%/*} $compiled $proved $reached ${name#*/}"
}
if [ "${1:-}" = --one ]; then
	tmp=$2
	trap - EXIT
	answer "$3"
	exit 0
fi

: >"$tmp/files"
for file in "$COCOAPOL_VECTORS"/k8s/* "$COCOAPOL_VECTORS"/compose/* "$COCOAPOL_VECTORS"/aci/* \
	"$COCOAPOL_VECTORS/hcsshim/policy.rego"; do
	kind=$(basename "$(dirname "$file")")
	folder=$tmp/$kind/$(basename "$file")
	mkdir -p "$folder"
	imported=yes
	"$COCOAPOLC" import --assume-images --output-dir "$folder" "$file" >/dev/null 2>&1 || imported=no
	echo "$kind $imported" >>"$tmp/files"
done
find "$tmp" -name '*.cpol' | sort | xargs -P "$(nproc)" -I{} sh "$0" --one "$tmp" {} >"$tmp/answers"
[ "$(find "$tmp" -name '*.cpol' | wc -l)" -eq "$(wc -l <"$tmp/answers")" ] || status=1

awk '
function most(table, kind, seconds) { if (seconds > table[kind]) table[kind] = seconds }
function add(kind) {
	policies[kind]++
	compiled[kind] += $2 == "yes"; proved[kind] += $3 == "yes"; reached[kind] += $5 == "yes"
	most(prove, kind, $4 + 0); most(reach, kind, $6 + 0)
}
function line(kind) {
	printf "%-10s %5d %7d %8d %8d %6d %9.2f %7d %9.2f\n", kind, files[kind], refused[kind],
		policies[kind], compiled[kind], proved[kind], prove[kind], reached[kind], reach[kind]
}
FILENAME ~ /files$/ {
	if (!files[$1]++) kinds[++n] = $1
	files["all"]++
	if ($2 == "no") { refused[$1]++; refused["all"]++ }
	next
}
{ add($1); add("all") }
$2 != "yes" || $3 != "yes" || $5 != "yes" {
	printf "%s: compiled %s, proved %s in %s s, reached %s in %s s\n", $7, $2, $3, $4, $5, $6
}
END {
	print "           files refused policies compiled proved slowest,s reached slowest,s"
	for (i = 1; i <= n; i++) line(kinds[i])
	line("all")
	exit policies["all"] == 0 || proved["all"] < policies["all"] || reached["all"] < policies["all"]
}' "$tmp/files" "$tmp/answers" || status=1
[ $status -eq 0 ] || printf 'not '
echo "ok - all policies of all files compile, are proved and can run"
exit $status
