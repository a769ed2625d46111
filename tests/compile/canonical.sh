#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# One policy, one byte string.  same/NAME.a.cpol and same/NAME.b.cpol say one
# thing in two ways and have equal bytes; differ/NAME.a.cpol and .b.cpol say two
# things and have not.  Maps are not part of the bytes.
#
# Environment: COCOAPOLC, COCOAPOL_FRAMEWORK_DIR; srcdir is the project.
: "${COCOAPOLC:?}" "${COCOAPOL_FRAMEWORK_DIR:?}"
here=${srcdir:-.}/tests/compile
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

compile() {     # SOURCE OUTPUT
	"$COCOAPOLC" compile --no-map -o "$2" "$1" 2>"$work/err" && return 0
	cat "$work/err" >&2
	return 1
}

verdict() {     # TRUE-OR-FALSE CLAIM
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		status=1
	fi
}

for kind in same differ; do
	for a in "$here/$kind"/*.a.cpol; do
		name=$(basename "$a" .a.cpol)
		wanted=0
		if compile "$a" "$work/a.cpb" && compile "${a%.a.cpol}.b.cpol" "$work/b.cpb"; then
			cmp -s "$work/a.cpb" "$work/b.cpb"
			got=$?
			[ $kind = same ] || wanted=1
			[ $got -eq $wanted ]
			verdict $? "$kind: $name"
		else
			verdict 1 "$kind: $name compiles"
		fi
	done
done

# A formatted source is the same policy, and formatting it again changes nothing.
for source in "$here"/same/*.cpol "$COCOAPOL_FRAMEWORK_DIR/cocoaexpo.cpol"; do
	name=$(basename "$source" .cpol)
	"$COCOAPOLC" fmt "$source" >"$work/once.cpol" && "$COCOAPOLC" fmt "$work/once.cpol" >"$work/twice.cpol" &&
		cmp -s "$work/once.cpol" "$work/twice.cpol" &&
		compile "$source" "$work/a.cpb" && compile "$work/once.cpol" "$work/b.cpb" &&
		cmp -s "$work/a.cpb" "$work/b.cpb" && "$COCOAPOLC" fmt --check "$work/once.cpol"
	verdict $? "fmt keeps the bytes: $name"
done

# HOST_DATA is the plain digest of the file.
[ "$("$COCOAPOLC" digest "$work/a.cpb")" = "$(sha256sum "$work/a.cpb")" ]
verdict $? "digest is what sha256sum says"

# A loader that takes nothing else makes equal digests equal policies.
printf x >>"$work/a.cpb"
"$COCOAPOLC" digest "$work/a.cpb" >"$work/out" 2>&1
[ $? -eq 1 ] && grep -q 'not a policy' "$work/out"
verdict $? "one byte more is no policy"
exit $status
