#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is printed from the bytes, put back, compiles to the same bytes.
examples=$srcdir/examples
"$builddir/test_source" "$srcdir/tests/verify/source/corners.cpol" || exit 1
"$builddir/test_source" "$srcdir/framework/cocoaexpo.cpol" "$examples/rustc-pause.cpol" \
	"$examples/careless.cpol" "$examples/storefront.cpol"
