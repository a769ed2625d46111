# SPDX-License-Identifier: Apache-2.0
#
# For smoke.sh and fuzz.sh: the targets with the sanitizers in them, whatever the
# build is, and the seeds; in $tmp.
guest_sources="$srcdir/src/bytecode/*.c $srcdir/src/runtime/*.c"

# What else a target is made of: sources with the sanitizers in them, then libraries for the rest.
sources_of() { # NAME
	case $1 in
	rego)
		echo "$srcdir/src/document/rego*.c $srcdir/src/import/hcsshim*.c $srcdir/src/import/write*.c \
			$builddir/libimport.a $builddir/libimages.a $builddir/libdocument.a $builddir/libautomata.a \
			$builddir/libbase.a -lyaml -larchive -lcrypto -pthread" ;;
	image)          # all but for the tools that are run, which the target stands in for
		find "$srcdir/src/images" -name '*.c' ! -name make.c ! -name ext4.c
		echo "$srcdir/src/document/*.c $srcdir/src/base/*.c -larchive -lyaml -lcrypto -pthread" ;;
	*) echo "$guest_sources" ;;
	esac
}

build_target() { # NAME DRIVER FLAGS...
	target=$1 driver=$2
	shift 2
	# shellcheck disable=SC2046,SC2086
	$CC -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fno-omit-frame-pointer "$@" -fno-sanitize-recover=all \
		-I"$srcdir/src" -I"$srcdir/src/bytecode" "$srcdir/tests/fuzz/$target.c" $driver $(sources_of "$target") -o "$tmp/$target"
}

make_seeds() {
	mkdir -p "$tmp/policies" "$tmp/requests"
	for policy in "$srcdir/examples/storefront.cpol" "$srcdir/tests/repairs/small.cpol" "$srcdir/tests/cli/toy.cpol"; do
		"$COCOAPOLC" compile --no-map "$policy" -o "$tmp/policies/$(basename "$policy" .cpol).cpb" 2>"$tmp/log" ||
			{ cat "$tmp/log"; return 1; }
	done
	"$builddir/requests" "$tmp/policies/storefront.cpb" "$srcdir/examples/storefront.requests.json" "$tmp/requests"
}
