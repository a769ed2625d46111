# SPDX-License-Identifier: Apache-2.0
#
# What the tests of one kind of import share; sourced.  A case is a file whose
# name begins with "bad-" (refused) or not (imported), with the policy beside it
# as NAME.cpol and what is said as NAME.err, byte for byte.  NAME.args: other
# options than --assume-images.  UPDATE=1 writes both: read the difference then.
#
# Environment: COCOAPOLC, COCOAPOLV, COCOAPOL_VECTORS; srcdir is the project.
: "${srcdir:=.}"
LC_ALL=C
export LC_ALL
here=$srcdir/tests/import
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

say() { # EXIT-STATUS CLAIM
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		status=1
	fi
}

# one_case FILE: from the folder of the cases, so that names are short.
one_case() {
	base=${1%.*}
	args=--assume-images
	[ ! -f "$base.args" ] || args=$(cat "$base.args")
	rm -f "$work/out.cpol"
	: >"$work/out.cpol"
	eval "\"\$COCOAPOLC\" import $args -o \"\$work/out.cpol\" \"\$1\"" 2>"$work/out.err" </dev/null
	code=$?
	wanted=0
	case $(basename "$1") in bad-*) wanted=1 ;; esac
	if [ -n "${UPDATE:-}" ]; then
		cp "$work/out.err" "$base.err"
		[ $wanted -eq 1 ] || cp "$work/out.cpol" "$base.cpol"
	fi
	[ $code -eq $wanted ]
	good=$?
	cmp -s "$work/out.err" "$base.err" || good=1
	[ $wanted -eq 1 ] || cmp -s "$work/out.cpol" "$base.cpol" || good=1
	say $good "$base"
	[ $good -eq 0 ] && return
	echo "  exit status $code, wanted $wanted"
	diff "$base.err" "$work/out.err" | sed 's/^/  /' | head -20
	[ $wanted -eq 1 ] || diff "$base.cpol" "$work/out.cpol" | sed 's/^/  /' | head -20
}

# proves_and_reaches FILE.cpol: all claims of every policy, and that the group can run.
proves_and_reaches() {
	"$COCOAPOLC" compile --no-map -o "$work/p.cpb" "$1" 2>"$work/log" &&
		"$COCOAPOLV" prove "$work/p.cpb" >"$work/log" 2>&1 && ! grep -q '^UNKNOWN\|^REFUTED' "$work/log"
	say $? "what is imported of $1 is proved"
	"$COCOAPOLV" reach "$work/p.cpb" >"$work/log" 2>&1 && grep -q '^REACHED *everything_runs' "$work/log"
	say $? "all containers of $1 can run"
}

# outcome FILE: as a line of the table has it.
outcome() {
	if "$COCOAPOLC" import --assume-images -o "$work/v.cpol" "$1" 2>"$work/v.err" </dev/null; then
		named=$(sed -n 's/.* warning: .*\[\([a-z-]*\)\]$/\1/p' "$work/v.err" | sort -u | tr '\n' ' ')
		echo "imported${named:+, warnings: }${named% }"
	else
		echo "refused: $(sed -n 's/.* error: //p' "$work/v.err" | head -1)"
	fi
}

# table KIND: of each file of the vectors what comes of it; at most 5 % are refused.
table() {
	vectors=$COCOAPOL_VECTORS/$1
	if [ ! -d "$vectors" ]; then
		echo "skip - each file of the vectors is imported, or refused with a reason: $vectors is not there"
		return
	fi
	for file in "$vectors"/*; do
		printf '%s\t%s\n' "$(basename "$file")" "$(outcome "$file")"
	done >"$work/table"
	[ -z "${UPDATE:-}" ] || { grep '^#' "$here/$1.table" 2>/dev/null; cat "$work/table"; } >"$work/new.table"
	[ -z "${UPDATE:-}" ] || cp "$work/new.table" "$here/$1.table"
	grep -v '^#' "$here/$1.table" | cmp -s - "$work/table"
	say $? "what comes of each file of $1 is as the table says"
	[ $? -ne 0 ] || grep -v '^#' "$here/$1.table" | diff - "$work/table" | sed 's/^/  /'
	total=$(wc -l <"$work/table")
	refused=$(grep -c '	refused' "$work/table")
	[ $((refused * 20)) -le "$total" ]
	say $? "at most 5 % of the files of $1 are refused ($refused of $total)"
}
