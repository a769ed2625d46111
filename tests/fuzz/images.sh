#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# images.sh COUNT: so many changed images to the reader, under the address and
# undefined-behaviour sanitizers; the same on every run.
count=$1
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
. "$srcdir/tests/fuzz/targets.sh"
cd "$tmp" || exit 2
what="$count changed images: found or refused with a complaint, and nothing stays on disk"
if ! command -v python3 >/dev/null; then
	echo "skip - $what: needs python3"
	exit 0
fi
make_image_seeds || exit 1
if ! build_target image "$srcdir/tests/fuzz/driver.c" -fsanitize=address,undefined 2>log; then
	echo "not ok - $what: the target builds"
	cat log
	exit 1
fi
if ./image -n "$count" -s 1 images/* >log 2>&1; then
	echo "ok - $what ($(tail -1 log))"
else
	echo "not ok - $what"
	tail -30 log
	exit 1
fi
