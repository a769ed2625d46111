#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manuals are well formed, and what they show as an example works.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}

for page in "$srcdir"/man/*.[135] "$builddir"/*.[57]; do
	name=$(basename "$page")
	if command -v mandoc >/dev/null; then
		mandoc -Tlint -W warning "$page" >"$tmp/lint" 2>&1
		claim $? "$name is well formed"
		cat "$tmp/lint"
	else
		echo "skip - $name is well formed: no mandoc here"
	fi
	# Examples stand between ".\" test: KIND" and the .Ed after it.
	awk -v tmp="$tmp/$name" '
		/^\.\\" test: / { kind = $3; n++; next }
		kind && /^\.Bd/ { on = 1; next }
		on && /^\.Ed/ { on = 0; kind = "" }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >(tmp "." n "." kind) }
	' "$page"
done
for example in "$tmp"/*.policy; do
	"$COCOAPOLC" compile "$example" -o "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "the policy in $(basename "$example" .policy) compiles"
	cat "$tmp/log"
	"$COCOAPOLV" prove "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "and is proved"
	grep -v PROVED "$tmp/log"
done
# Properties are of the policy on the same page.
for example in "$tmp"/*.properties; do
	page=$(basename "$example" | sed 's/\.[0-9]*\.properties$//')
	"$COCOAPOLC" compile "$tmp/$page".*.policy -o "$tmp/out.cpb" >"$tmp/log" 2>&1 &&
		"$COCOAPOLV" demand "$example" "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "the properties in $(basename "$example" .properties) hold"
	grep -E '^(UNKNOWN|REFUTED)|error' "$tmp/log"
done
for example in "$tmp"/*.c; do
	mkdir -p "$tmp/include/cocoapol"
	cp "$srcdir"/src/bytecode/*.h "$srcdir"/src/bytecode/*.def "$srcdir/src/runtime/cpol.h" "$tmp/include/cocoapol"
	$CC -std=c11 -Wall -Werror -ffreestanding -I"$tmp/include" -c "$example" -o "$tmp/example.o"
	claim $? "the program in $(basename "$example" .c) compiles"
done
exit $status
