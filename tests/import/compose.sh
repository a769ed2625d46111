#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Compose files: cases, what the vectors' files come to, and that no field is
# dropped without a word.
. "$srcdir/tests/import/cases.sh"
cd "$here/compose" || exit 2

for file in *.yaml */*.yaml; do
	one_case "$file"
done
proves_and_reaches start.cpol
proves_and_reaches project/compose.cpol
table compose

# Each line of the rich file that gives something is taken out, with what is
# inside of it: the policy or what is said must change.
awk '
function indent(s) { match(s, /^ */); return RLENGTH }
{ line[NR] = $0 }
END {
	for (i = 1; i <= NR; i++) {
		if (line[i] !~ /^ *[^ #]/ || line[i] ~ /^ *#/)
			continue
		file = out "/" i ".yaml"
		gone = 1
		for (j = 1; j <= NR; j++) {
			if (j == i)
				continue
			if (j > i && gone && indent(line[j]) > indent(line[i]))
				continue
			if (j > i)
				gone = 0
			# Lines stay where they are, so that places do.
			while (lines < j - 1) { print "" >file; lines++ }
			print line[j] >file
			lines++
		}
		close(file)
		lines = 0
	}
}' out="$work" shop.yaml
"$COCOAPOLC" import --assume-images -o "$work/whole.cpol" shop.yaml 2>"$work/whole.err"
silent='' n=0
for file in "$work"/[0-9]*.yaml; do
	n=$((n + 1))
	rm -f "$work/part.cpol"
	"$COCOAPOLC" import --assume-images -o "$work/part.cpol" "$file" 2>"$work/part.err" </dev/null
	sed "s|$work/[0-9]*.yaml|shop.yaml|g" "$work/part.err" >"$work/part2.err"
	[ ! -f "$work/part.cpol" ] || sed "s|$work/[0-9]*.yaml|shop.yaml|g" "$work/part.cpol" >"$work/part2.cpol"
	if [ -f "$work/part.cpol" ] && cmp -s "$work/whole.cpol" "$work/part2.cpol" && cmp -s "$work/whole.err" "$work/part2.err"; then
		silent="$silent
  $(sed -n "$(basename "$file" .yaml)p" shop.yaml)"
	fi
done
[ -z "$silent" ] && [ "$n" -gt 100 ]
say $? "each of $n fields that is taken out of a rich file changes the policy or what is said"
[ -z "$silent" ] || echo "$silent"
exit $status
