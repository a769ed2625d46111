# SPDX-License-Identifier: Apache-2.0
#
# The fuzz targets, what they are made of and what they need, for smoke.sh, images.sh,
# corpus.sh and fuzz.sh; in $tmp.  Those of targets keep inputs in corpus/NAME, which
# check plays again; those of readers have seeds that are made.
targets="open decide sequence twin compile json"
readers="rego yaml image"
guest_sources="$srcdir/src/bytecode/*.c $srcdir/src/runtime/*.c"

# What else is in a target that is built at once: sources with the sanitizers in them, then libraries for the rest.
parts_of() { # NAME
	case $1 in
	rego)
		echo "$srcdir/tests/fuzz/tree_part.c $srcdir/src/document/rego*.c $srcdir/src/import/hcsshim*.c $srcdir/src/import/write*.c \
			$builddir/libimport.a $builddir/libimages.a $builddir/libdocument.a $builddir/libautomata.a \
			$builddir/libbase.a -lyaml -larchive ${IPSEC_MB_LIBS:-} -lcrypto -pthread" ;;
	yaml)
		find "$srcdir/src/document" "$srcdir/src/import" -name '*.c'
		echo "$srcdir/tests/fuzz/tree_part.c $builddir/libimages.a $builddir/libcompiler.a $builddir/libgrammar.a \
			$builddir/libcompiler.a $builddir/libbound.a $builddir/libautomata.a $builddir/libcocoapol.a $builddir/libbase.a \
			-lyaml -larchive ${IPSEC_MB_LIBS:-} -lcrypto -pthread" ;;
	image)          # all but for the tools that are run, which the target stands in for
		find "$srcdir/src/images" -name '*.c' ! -name make.c ! -name ext4.c
		echo "$srcdir/src/document/*.c $srcdir/src/base/*.c -larchive -lyaml -lcrypto -pthread" ;;
	open) echo "$srcdir/src/bound/*.c $guest_sources $builddir/libbase.a" ;;
	*) echo "$guest_sources" ;;
	esac
}

# The sanitizers are in them, whatever the build is.
build_target() { # NAME DRIVER FLAGS...
	target=$1 driver=$2
	shift 2
	# shellcheck disable=SC2046,SC2086
	$CC -std=c11 -D_POSIX_C_SOURCE=200809L -g -O1 -fno-omit-frame-pointer "$@" -fno-sanitize-recover=all \
		-I"$srcdir/src" -I"$srcdir/src/bytecode" "$srcdir/tests/fuzz/$target.c" $driver $(parts_of "$target") -o "$tmp/$target"
}

# What a target has beside its own file.
sources_of() { # NAME
	case $1 in
	sequence) echo "$srcdir/tests/fuzz/hostile_part.c $srcdir/tests/hostile/hostile_make.c" ;;
	twin) echo "$srcdir/tests/fuzz/twin_part.c $srcdir/tests/verify/twin_make.c $srcdir/tests/verify/twin_model.c $srcdir/tests/verify/twin_vary.c" ;;
	esac
}

# Policies, requests and texts to begin with; and what the targets look for.
make_seeds() {
	mkdir -p "$tmp/policies" "$tmp/requests" "$tmp/texts" "$tmp/json"
	for policy in "$srcdir/examples/storefront.cpol" "$srcdir/tests/repairs/small.cpol" "$srcdir/tests/cli/toy.cpol"; do
		"$COCOAPOLC" compile --no-map "$policy" -o "$tmp/policies/$(basename "$policy" .cpol).cpb" 2>"$tmp/log" ||
			{ cat "$tmp/log"; return 1; }
	done
	"$builddir/requests" "$tmp/policies/storefront.cpb" "$srcdir/examples/storefront.requests.json" "$tmp/requests"
	for text in "$srcdir"/tests/compile/*/*.cpol "$srcdir/tests/cli/toy.cpol" "$srcdir/tests/repairs/small.cpol"; do
		cp "$text" "$tmp/texts/$(basename "$(dirname "$text")")-$(basename "$text")"
	done
	cp "$srcdir"/examples/*.json "$srcdir"/tests/hostile/*.json "$tmp/json"
	COCOAPOL_FUZZ_POLICY=$tmp/policies/storefront.cpb
	COCOAPOL_FUZZ_REQUESTS=$srcdir/examples/storefront.requests.json
	COCOAPOL_FUZZ_FRAMEWORK=$srcdir/framework/cocoaexpo.cpol
	export COCOAPOL_FUZZ_POLICY COCOAPOL_FUZZ_REQUESTS COCOAPOL_FUZZ_FRAMEWORK
}

# Of readers.  Images need python3, so they are made for whoever asks.
make_text_seeds() {
	rm -rf "$tmp/regos" "$tmp/yamls"
	mkdir -p "$tmp/regos" "$tmp/yamls"
	cp "$srcdir"/tests/import/hcsshim/*.rego "$tmp/regos"
	for text in "$srcdir"/tests/import/kubernetes/*.yaml "$srcdir"/tests/import/compose/*.yaml \
		"$srcdir"/tests/import/aci/*.json "$srcdir"/tests/import/aci/*.yaml "$srcdir"/examples/pod/*.yaml; do
		cp "$text" "$tmp/yamls/$(basename "$(dirname "$text")")-$(basename "$text")"
	done
}

make_image_seeds() {
	rm -rf "$tmp/images"
	python3 "$srcdir/tests/import/images/make.py" --seeds "$tmp/images"
}

seeds_of() { # NAME
	case $1 in
	open) echo "$tmp/policies" ;;
	decide) echo "$tmp/requests" ;;
	compile) echo "$tmp/texts" ;;
	json) echo "$tmp/json" ;;
	rego) echo "$tmp/regos" ;;
	yaml) echo "$tmp/yamls" ;;
	image) echo "$tmp/images" ;;
	esac
}
