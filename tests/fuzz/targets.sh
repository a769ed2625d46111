# SPDX-License-Identifier: Apache-2.0
#
# For smoke.sh and fuzz.sh: the targets with the sanitizers in them, whatever the
# build is, and the seeds; in $tmp.
guest_sources="$srcdir/src/bytecode/*.c $srcdir/src/runtime/*.c"

# All of the images but for the tools that are run, which the target stands in for.
image_sources="$srcdir/src/document/*.c $srcdir/src/base/*.c $(ls "$srcdir"/src/images/*.c | grep -vE '/(make|ext4)\.c$')"
image_libraries="-larchive -lyaml -lcrypto -pthread"

build_target() { # NAME DRIVER FLAGS...
	target=$1 driver=$2
	shift 2
	sources=$guest_sources libraries=
	[ "$target" != image ] || sources=$image_sources libraries=$image_libraries
	# shellcheck disable=SC2086
	$CC -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fno-omit-frame-pointer "$@" -fno-sanitize-recover=all \
		-I"$srcdir/src" -I"$srcdir/src/bytecode" "$srcdir/tests/fuzz/$target.c" $driver $sources -o "$tmp/$target" $libraries
}

make_seeds() {
	mkdir -p "$tmp/policies" "$tmp/requests"
	for policy in "$srcdir/examples/storefront.cpol" "$srcdir/tests/repairs/small.cpol" "$srcdir/tests/cli/toy.cpol"; do
		"$COCOAPOLC" compile --no-map "$policy" -o "$tmp/policies/$(basename "$policy" .cpol).cpb" 2>"$tmp/log" ||
			{ cat "$tmp/log"; return 1; }
	done
	"$builddir/requests" "$tmp/policies/storefront.cpb" "$srcdir/examples/storefront.requests.json" "$tmp/requests"
}
