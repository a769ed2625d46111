#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The twin test is worth what it finds: each bug of planted.list, planted in the
# interpreter or the lifter, must make it fail.  Three minutes; not part of check.
cd "$builddir" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/src"
cp -R "$srcdir/src/." "$tmp/src"
python3 - "$srcdir" "$tmp" <<'PY' || exit 2
import sys
source, tmp = sys.argv[1:]
n = 0
for line in open(source + '/tests/verify/planted.list'):
    if line.startswith('#') or not line.strip():
        continue
    path, old, new = line.rstrip('\n').split('\t')
    text = open(source + '/' + path).read()
    if old not in text:
        sys.exit('planted.list: %s has no "%s"' % (path, old))
    n += 1
    open('%s/%03d.c' % (tmp, n), 'w').write(text.replace(old, new, 1))
    open('%s/%03d.what' % (tmp, n), 'w').write('%s: %s -> %s' % (path, ' '.join(old.split()), ' '.join(new.split())))
    open('%s/%03d.path' % (tmp, n), 'w').write(path)
PY
libraries='libverifier.a librequest.a libcompiler.a libgrammar.a libcompiler.a libautomata.a libcocoapol.a libbase.a'
status=0
for bug in "$tmp"/*.what; do
	name=${bug%.what}
	path=$(cat "$name.path")
	cp "$name.c" "$tmp/${path%.c}_planted.c"
	# shellcheck disable=SC2086
	if ! $CC -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -w -I"$tmp/src" -I"$tmp/src/bytecode" -c "$tmp/${path%.c}_planted.c" -o "$name.o" ||
		! $CC -o "$name" "$name.o" tests/verify/twin*.o $libraries -lz3 -lcrypto -ljansson -lm; then
		echo "not ok - planted: $(cat "$bug") does not build"
		status=1
	elif timeout 100 "$name" 100000 >"$name.log" 2>&1; then
		echo "not ok - planted: $(cat "$bug") is not noticed"
		status=1
	else
		echo "ok - planted: $(cat "$bug"): $(tail -n 1 "$name.log" | cut -c 1-60)"
	fi
	rm -f "$name" "$name.o"
done
exit $status
