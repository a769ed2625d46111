#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# compare on pairs of policies, each a random one and a random edit of it,
# against what both interpreters do on a small universe of requests.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
"$builddir/compare" "$COCOAPOLV" "$tmp" 50
