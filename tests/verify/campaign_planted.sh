#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The soundness campaign notices a bug in what it is there to guard: each line
# of tests/verify/campaign_planted.list is planted into a copy of its file, the campaign is
# linked with that, and must find a claim that is proved and false.  The twin, which
# judges formulas and facts one by one, must notice it too, but for bugs of the prover.
#
# Run by `make campaign-planted`, in the build directory.  Environment: srcdir,
# COMPILE (a compiler and its flags), LINK (what makes a program of objects),
# OBJECTS, TWIN_OBJECTS and LIBRARIES (of campaign and twin), COUNT policies,
# PLANT (some names).

by_twin() { # NAME FILE
	case $2 in */lift/*) ;; *) return ;; esac
	if ! $LINK -o "$tmp/$1" $TWIN_OBJECTS "$tmp/$1.o" $LIBRARIES 2>"$tmp/$1.log"; then
		echo "not ok - planted: $1 makes a twin"
		cat "$tmp/$1.log"
	elif "$tmp/$1" 100000 >"$tmp/$1.out" 2>&1 || ! grep -q '^not ok - twin: ' "$tmp/$1.out"; then
		echo "not ok - planted: $1 (${2##*/}) is noticed by the twin"
		tail -n 1 "$tmp/$1.out"
	else
		echo "ok - planted: $1 (${2##*/}) is noticed by the twin: $(sed -n 's/^not ok - twin: //p' "$tmp/$1.out" | head -1)"
	fi
}

one() { # NUMBER OF THE LINE
	line=$(grep -v '^#' "$srcdir/tests/verify/campaign_planted.list" | sed -n "$1p")
	name=${line%% *} rest=${line#* }
	file=${rest%% *} rest=${rest#* }
	aim=${rest%% *} edit=${rest#* }
	source=$(ls "$srcdir"/src/*/"$file")
	if ! [ -f "$source" ] || ! sed "$edit" "$source" >"$tmp/$name.c"; then
		echo "not ok - planted: $name is of one file that is there"
		return
	fi
	if cmp -s "$source" "$tmp/$name.c"; then
		echo "not ok - planted: $name changes something"
		return
	fi
	# Compilers warn of what is left unused; that is not the question.
	if ! $COMPILE -w -I "${source%/*}" -c "$tmp/$name.c" -o "$tmp/$name.o" 2>"$tmp/$name.log"; then
		echo "not ok - planted: $name compiles"
		cat "$tmp/$name.log"
		return
	fi
	by_twin "$name" "$source"
	if ! $LINK -o "$tmp/$name" $OBJECTS "$tmp/$name.o" $LIBRARIES 2>"$tmp/$name.log"; then
		echo "not ok - planted: $name makes a campaign"
		cat "$tmp/$name.log"
		return
	fi
	if [ "$aim" = - ]; then
		"$tmp/$name" -q "$COUNT" >"$tmp/$name.out" 2>&1
	else
		"$tmp/$name" -q -g "$(echo "$aim" | tr + ' ')" "$COUNT" >"$tmp/$name.out" 2>&1
	fi
	if grep -q '^not ok .* is proved, and ' "$tmp/$name.out"; then
		echo "ok - planted: $name ($file) is noticed: $(sed -n 's/^not ok - campaign: //p' "$tmp/$name.out" | head -1)"
	else
		echo "not ok - planted: $name ($file) is noticed"
		grep '^#.* proved\|^Segm\|^Abort' "$tmp/$name.out"
	fi
}

if [ "${1:-}" = --one ]; then
	one "$2"
	exit
fi
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
export tmp
grep -v '^#' "$srcdir/tests/verify/campaign_planted.list" | cut -d' ' -f1 |
	awk -v some=" ${PLANT:-} " 'some == "  " || index(some, " " $1 " ") { print NR }' |
	xargs -P "${JOBS:-$(nproc)}" -n 1 sh "$srcdir/tests/verify/campaign_planted.sh" --one | tee "$tmp/results"
printf '# %s of %s are noticed\n' "$(grep -c '^ok' "$tmp/results")" "$(grep -c ' planted: ' "$tmp/results")"
! grep -q '^not ok' "$tmp/results"
