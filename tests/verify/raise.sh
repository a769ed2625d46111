#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From bytes to IR and back again, for every policy that is at hand; random ones
# are in twin.c.  Those that the compiler refuses are no policies.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/frameworks"
cp "$COCOAPOL_FRAMEWORK_DIR/cocoaexpo.cpol" "$srcdir/tests/compile/complaints/toy.cpol" "$tmp/frameworks"
COCOAPOL_FRAMEWORK_DIR=$tmp/frameworks
export COCOAPOL_FRAMEWORK_DIR

for source in "$srcdir"/examples/*.cpol "$srcdir"/tests/compile/complaints/*.cpol \
    "$srcdir"/tests/compile/same/*.a.cpol "$srcdir"/tests/cli/toy.cpol; do
	name=$(basename "$source" .cpol)
	"$COCOAPOLC" compile --no-map -o "$tmp/$name.cpb" "$source" 2>/dev/null || rm -f "$tmp/$name.cpb"
done
"$builddir/raise" "$tmp"/*.cpb || status=1
exit $status
