#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fuzz.sh SECONDS: libFuzzer on each target for so long; needs clang.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
CC=clang
COCOAPOLC=$(cd "$builddir" && pwd)/cocoapolc
builddir=$(cd "$builddir" && pwd)
srcdir=$(cd "$srcdir" && pwd)
COCOAPOL_FRAMEWORK_DIR=$srcdir/framework
export COCOAPOL_FRAMEWORK_DIR
. "$srcdir/tests/fuzz/targets.sh"
make_seeds
mkdir "$tmp/regos"
cp "$srcdir"/tests/import/hcsshim/*.rego "$tmp/regos"
COCOAPOL_FUZZ_POLICY=$tmp/policies/storefront.cpb
export COCOAPOL_FUZZ_POLICY
python3 "$srcdir/tests/import/images/make.py" --seeds "$tmp/images"
for target in open decide rego image; do
	build_target $target "" -fsanitize=fuzzer,address,undefined
	case $target in open) seeds=policies ;; decide) seeds=requests ;; rego) seeds=regos ;; image) seeds=images ;; esac
	mkdir -p "$tmp/corpus.$target"
	"$tmp/$target" -max_total_time="$1" -max_len=65536 -print_final_stats=1 "$tmp/corpus.$target" "$tmp/$seeds"
done
