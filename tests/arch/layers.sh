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
layer src/request base bytecode runtime request
layer src/compiler base automata bytecode runtime compiler grammar
layer src/demand base bytecode runtime compiler verifier demand
layer src/verifier base automata bytecode runtime request verifier check
layer src/check base bytecode verifier check

# Of the verifier, what says what code means, and nothing else.
bad=$(grep -Hn '#include "\.\./verifier/' src/check/*.[ch] | grep -vE 'verifier/(tree|fol|lift|facts)\.h"')
bad=$bad$(grep -Hn '#include "' src/verifier/tree.[ch] src/verifier/fol.[ch] src/verifier/lift.[ch] src/verifier/facts.[ch] |
	grep -vE '"(\.\./(base|bytecode|automata)/[a-z_.]*|(tree|fol|lift|facts)\.h)"')
if [ -z "$bad" ]; then
	echo "ok - src/check includes of the verifier only what lifts code"
else
	echo "not ok - src/check includes of the verifier only what lifts code"
	echo "$bad"
	status=1
fi

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
