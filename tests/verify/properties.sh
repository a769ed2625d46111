#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The table of examples/README.md is what cocoapolv says: each property is proved
# in its policy, and refuted, by so many requests that replay, when the line that
# it rests on ("# holds NAME") is taken out.  UPDATE=1 writes the table anew, with
# the seconds of this machine; those are not compared.
. "$srcdir/tests/mutation.sh"
readme=$srcdir/examples/README.md

line_of() { # PATTERN FILE
	grep -nE "$1" "$2" | head -1 | cut -d: -f1
}

proved() { # POLICY: its claims and seconds into POLICY.proved
	mkdir "$tmp/$1" && cd "$tmp/$1" || exit 2
	"$COCOAPOLC" compile "$srcdir/examples/$1.cpol" -o p.cpb 2>log || mutation_fail "$1 compiles"
	"$COCOAPOLV" prove --json --timeout 300 p.cpb >out.json 2>log || mutation_fail "$1 is proved"
	jq -r '.claims[] | (.name | split(".")[0]) + " " + (.seconds * 10 | ceil / 10 | tostring)' out.json >"$tmp/$1.proved"
	"$COCOAPOLV" reach --timeout 120 p.cpb >log 2>&1 || mutation_fail "$1 reaches what it should"
	echo "ok - $1 is proved, and reaches what it should"
}

# A policy without the line that a property rests on; the framework's own claims
# are not asked again.
broken() { # POLICY PROPERTY
	policy=$srcdir/examples/$1.cpol
	mkdir "$tmp/$1.$2" && cd "$tmp/$1.$2" || exit 2
	: >log
	grep -vE "# holds (.*, )?$2(,.*)?\$" "$policy" >rest
	[ "$(($(wc -l <"$policy") - $(wc -l <rest)))" -eq 1 ] || mutation_fail "$1: $2 rests on one line"
	mutation_only "$2" <rest >policy.cpol
	mutation_only "$2" <"$srcdir/framework/cocoaexpo.cpol" >cocoaexpo.cpol
	"$COCOAPOLC" compile --framework cocoaexpo.cpol policy.cpol -o p.cpb 2>log ||
		mutation_fail "$1 compiles without what $2 rests on"
	"$COCOAPOLV" prove --json --timeout 300 p.cpb >out.json 2>log
	[ $? -eq 1 ] || mutation_fail "$1: $2 is refuted without its line"
	jq -r --arg c "$2" '[.claims[] | select((.name | split(".")[0]) == $c and .verdict == "REFUTED")]
		| min_by(.trace | length) | .trace | length' out.json >"$tmp/$1.$2.requests"
	jq '[.claims[] | select(.verdict == "REFUTED")] | min_by(.trace | length)
		| [.trace[].request + {expect: "allow"}]' out.json >trace.json
	"$COCOAPOLV" replay p.cpb trace.json >log 2>&1 || mutation_fail "$1: the trace against $2 replays"
	echo "ok - $1: $2 falls to $(cat "$tmp/$1.$2.requests") requests without its line, and they replay"
}

table() { # as it has to be
	echo '| policy | property | what it says | verdict | seconds | rests on | without that line |'
	echo '| --- | --- | --- | --- | --- | --- | --- |'
	properties | while read -r policy name; do
		file=$srcdir/examples/$policy.cpol
		at=$(line_of "^(always|invariant) $name:" "$file")
		says=$(sed -n "$((at - 1))s/^# //p" "$file")
		seconds=$(awk -v n="$name" '$1 == n { s += $2 } END { printf "%.1f", s }' "$tmp/$policy.proved")
		echo "| [$policy.cpol:$at]($policy.cpol#L$at) | \`$name\` | $says | PROVED | $seconds |" \
			"line $(line_of "# holds (.*, )?$name(,.*)?\$" "$file") |" \
			"REFUTED by $(cat "$tmp/$policy.$name.requests") requests |"
	done
}

properties() { # POLICY PROPERTY, a line each
	for policy in payments sidecar batch; do
		grep -oE ' # holds [a-z_, ]+$' "$srcdir/examples/$policy.cpol" | sed 's/.*# holds //' | tr -d ' ' | tr ',' '\n' |
			sort -u | sed "s/^/$policy /"
	done
}

if [ "${1:-}" = --one ]; then
	if [ "$3" = all ]; then proved "$2"; else broken "$2" "$3"; fi
	exit
fi
mutation_start
{ printf '%s all\n' payments sidecar batch; properties; } | mutation_all "$srcdir/tests/verify/properties.sh" 2 || exit 1
table >"$tmp/table"
if [ -n "${UPDATE:-}" ]; then
	{ sed '/^| policy/,$d' "$readme"; cat "$tmp/table"; sed '1,/^| policy/d' "$readme" | grep -v '^|'; } >"$tmp/readme"
	cp "$tmp/readme" "$readme"
fi
without_seconds() { sed -E 's/PROVED \| [0-9.]+/PROVED/'; }
grep '^|' "$readme" | without_seconds >"$tmp/written"
if without_seconds <"$tmp/table" | diff - "$tmp/written" >"$tmp/diff"; then
	echo "ok - the table of examples/README.md is what cocoapolv says"
else
	echo "not ok - the table of examples/README.md is what cocoapolv says"
	cat "$tmp/diff"
	exit 1
fi
