#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every repair of the framework is needed: the framework without it is refuted,
# by a trace of at most 8 requests that replays.
#
# A repair is a requirement, on one line, that ends in "# repair NAME"; the
# mutation deletes that line.  list gives the claim that must fall for each.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
framework=$srcdir/framework/cocoaexpo.cpol
fail() { echo "not ok - $1"; status=1; }

grep -o '# repair [a-z_]*' "$framework" | cut -d' ' -f3 | sort >"$tmp/in_framework"
cut -d' ' -f1 "$srcdir/tests/repairs/list" | grep -v '^#' | sort >"$tmp/in_list"
if diff "$tmp/in_framework" "$tmp/in_list" >"$tmp/diff"; then
	echo "ok - the framework's repairs are those of the list"
else
	fail "the framework's repairs are those of the list"
	cat "$tmp/diff"
fi

while read -r name claim; do
	case $name in ''|'#'*) continue ;; esac
	dir=$tmp/$name
	mkdir "$dir"
	grep -v "# repair $name\$" "$framework" >"$dir/cocoaexpo.cpol"
	if ! "$COCOAPOLC" compile --framework "$dir/cocoaexpo.cpol" "$srcdir/tests/repairs/small.cpol" \
	    -o "$dir/p.cpb" 2>"$dir/log"; then
		fail "$name: compiles without the repair"
		cat "$dir/log"
		continue
	fi
	"$COCOAPOLV" prove --json "$dir/p.cpb" >"$dir/out.json" 2>"$dir/log"
	result=$?
	steps=$(jq -r --arg c "$claim" '.claims[] | select(.name == $c and .verdict == "REFUTED") | .trace | length' \
	    "$dir/out.json" 2>>"$dir/log")
	if [ "$result" -ne 1 ]; then
		fail "$name: refuted without the repair (exit status $result)"
		jq -r '.claims[] | select(.verdict != "PROVED") | .name + " " + .verdict' "$dir/out.json"
		cat "$dir/log"
	elif [ -z "$steps" ]; then
		fail "$name: $claim is refuted without the repair"
		jq -r '.claims[] | select(.verdict != "PROVED") | .name + " " + .verdict' "$dir/out.json"
	elif [ "$steps" -gt 8 ]; then
		fail "$name: $claim is refuted by at most 8 requests (here $steps)"
	else
		echo "ok - $name: $claim is refuted without the repair, in $steps requests"
	fi
done <"$srcdir/tests/repairs/list"
exit $status
