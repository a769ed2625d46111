#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# compare_alone notices a bug in what it is there to guard: each line of
# tests/verify/compare_planted.list is planted into a copy of its file, the test is linked
# with that, and must find a difference that is proved not to be.
#
# Run by `make compare-planted`, in the build directory.  Environment: srcdir,
# COMPILE (a compiler and its flags), LINK (what makes a program of objects),
# OBJECTS, LIBRARIES, PLANT (some names).
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

one() { # NAME FILE AIM EDIT
	sed "$4" "$srcdir/src/compare/$2" >"$tmp/$1.c" || return 1
	if cmp -s "$srcdir/src/compare/$2" "$tmp/$1.c"; then echo "changes nothing"; return 1; fi
	# Compilers warn of what is left unused; that is not the question.
	$COMPILE -w -I "$srcdir/src/compare" -c "$tmp/$1.c" -o "$tmp/$1.o" &&
		$LINK -o "$tmp/$1" $OBJECTS "$tmp/$1.o" $LIBRARIES || return 1
	# The first is enough.
	"$tmp/$1" -g "$(echo "$3" | tr + ' ')" 2>&1 | grep -m 1 '^not ok - .*: proved, and '
}

while read -r name file aim edit; do
	case " ${PLANT:-$name} " in *" $name "*) ;; *) continue ;; esac
	case $name in '#'*) continue ;; esac
	if found=$(one "$name" "$file" "$aim" "$edit" 2>&1); then
		found=${found#not ok - }
		echo "ok - planted: $name ($file) is noticed: ${found%: proved*}"
	else
		echo "not ok - planted: $name ($file) is noticed"
		echo "$found"
		status=1
	fi
done <"$srcdir/tests/verify/compare_planted.list"
exit $status
