#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the compiler complains of.  complaints/NAME.cpol states a claim in its
# first line, NAME.err is what is written of it, byte for byte (but for what is
# beyond column 200); warnings alone are no mistake.
#
# Environment: COCOAPOLC (or the first argument), COCOAPOL_FRAMEWORK_DIR; srcdir
# is the project.  UPDATE=1 writes the .err files: read the difference then.
: "${srcdir:=.}"
LC_ALL=C
export LC_ALL
here=$srcdir/tests/compile/complaints
compiler=${1:-$COCOAPOLC}
: "${COCOAPOL_FRAMEWORK_DIR:=$srcdir/framework}"
framework_dir=$COCOAPOL_FRAMEWORK_DIR
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

# The toy framework is beside its policies and cocoaexpo is where it always is.
mkdir "$work/frameworks"
cp "$framework_dir/cocoaexpo.cpol" "$here/toy.cpol" "$work/frameworks" || exit 2
COCOAPOL_FRAMEWORK_DIR=$work/frameworks
export COCOAPOL_FRAMEWORK_DIR

for source in "$here"/*.cpol; do
	name=$(basename "$source" .cpol)
	[ "$name" != toy ] || continue
	"$compiler" compile --no-map -o "$work/out.cpb" "$source" 2>"$work/raw" </dev/null
	code=$?
	sed -e "s|^$here/||" -e "s|^$work/frameworks/||" -e 's/^\(.\{200\}\).*/\1/' "$work/raw" >"$work/err"
	[ -z "${UPDATE:-}" ] || cp "$work/err" "$here/$name.err"
	wanted=0
	! grep -q ': error: ' "$here/$name.err" || wanted=1
	if [ $code -eq $wanted ] && cmp -s "$work/err" "$here/$name.err"; then
		echo "ok - $name"
	else
		echo "not ok - $name (exit status $code, wanted $wanted)"
		diff "$here/$name.err" "$work/err" | sed 's/^/  /'
		status=1
	fi
done

# Every complaint that has a name is provoked by some case, of the language or of an import.
for spelling in $(sed -n 's/^DIAG(.*"\(.*\)")$/\1/p' "$srcdir/src/base/diag.def"); do
	case $spelling in
	internal) continue ;;           # is our mistake: there must be no case
	bad-image | wrong-digest) continue ;;   # are of images that tests/import/images.sh makes
	too-large) continue ;;          # is a text of 16 MB: see below
	esac
	cat "$here"/*.err "$srcdir"/tests/import/*/*.err "$srcdir"/tests/import/*/complaints/*.err | grep -q "\[$spelling\]\$"
	if [ $? -eq 0 ]; then
		echo "ok - [$spelling] is provoked"
	else
		echo "not ok - [$spelling] is provoked"
		status=1
	fi
done

# A line of comments too long to be read at all.
{ echo 'framework t 1'; head -c 17000000 /dev/zero | tr '\0' '#'; } >"$work/large.cpol"
"$compiler" compile --no-map -o "$work/out.cpb" "$work/large.cpol" 2>"$work/err"
if [ $? -ne 0 ] && grep -q 'more than 16 MB\|too-large\|large' "$work/err"; then
	echo "ok - a text of 17 MB is refused"
else
	echo "not ok - a text of 17 MB is refused"
	status=1
fi
exit $status
