#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom: see CONTRIBUTING.md.
cd "$srcdir" || exit 2
status=0
layer() {
	folder=$1
	shift
	bad=$(grep -Hn '#include "' "$folder"/*.[chly] 2>/dev/null | sed 's/#include "\([^"]*\)".*/\1/' |
		while IFS=: read -r file line path; do
			case $path in
			../*) path=${path#../} ;;
			*/*) ;;
			*) continue ;;          # its own folder, or made by flex and bison
			esac
			for allowed in "$@"; do
				case $path in "$allowed"/*) continue 2 ;; esac
			done
			echo "$file:$line: includes $path"
		done)
	if [ -z "$bad" ]; then
		echo "ok - $folder includes only what it may"
	else
		echo "not ok - $folder includes only what it may"
		echo "$bad"
		status=1
	fi
}
layer src/bytecode bytecode
layer src/runtime bytecode runtime
layer src/base base bytecode
layer src/automata base automata
layer src/bound base bytecode bound
layer src/request base bytecode runtime request
layer src/compiler base automata bytecode bound runtime compiler grammar
layer src/document base document
layer src/images base document images
layer src/import base document images import
layer src/cocoapolc base automata bytecode bound runtime compiler document images import cocoapolc
layer src/lift base automata bytecode lift
layer src/check base bytecode lift check
layer src/search base automata bytecode runtime request lift search
layer src/prove base bytecode runtime lift search prove
layer src/certify base bytecode lift check prove certify
layer src/report base automata bytecode bound runtime request lift search report
layer src/compare base automata bytecode runtime request lift search prove report compare
layer src/lint base automata bytecode runtime request lift search report lint
layer src/verifier base bytecode runtime request lift search prove certify report verifier
layer src/demand base bytecode runtime compiler lift report demand

bad=$(grep -Hn '#include <' src/bytecode/*.[ch] src/runtime/*.[ch] |
	grep -vE '<(stdbool|stddef|stdint)\.h>')
if [ -z "$bad" ]; then
	echo "ok - the guest uses freestanding headers only"
else
	echo "not ok - the guest uses freestanding headers only"
	echo "$bad"
	status=1
fi
exit $status
