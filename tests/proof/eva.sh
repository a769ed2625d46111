#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# eva.sh [LEN_OPEN LEN_DECIDE MINUTES]: Frama-C's Eva over the guest's code.
#   start         tests/cli/toy.cpol is opened and a group of it begins: no alarm
#   open          any byte string of up to LEN_OPEN bytes to bc_open(); alarms are counted
#   decide EVENT  after start, any LEN_DECIDE bytes as a request; alarms are counted
# The last two only if sizes are given.  README.md says what they are worth.
# Environment: srcdir, builddir, COCOAPOLC.
len_open=${1:-0} len_decide=${2:-0} minutes=${3:-60}
command -v frama-c >/dev/null || { echo "make check-proof needs frama-c: apt-get install frama-c-base"; exit 2; }
work=$builddir/proof
mkdir -p "$work" && cd "$work" || exit 2
"$COCOAPOLC" compile --no-map "$srcdir/tests/cli/toy.cpol" -o toy.cpb || exit 2
{
	echo '#include <stdint.h>'
	echo 'static const uint8_t policy_bytes[] = {'
	od -An -v -tu1 toy.cpb | sed 's/ *\([0-9][0-9]*\)/\1,/g'
	echo '};'
} >policy.h

# What runs before the first request runs once and on known bytes: no state is merged there.
# (cpol_match() is in a file of it, and runs later.)
precise=$(for source in "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/layout.c "$srcdir"/src/runtime/steps.c \
	"$srcdir"/src/runtime/tables.c; do
	gcc -O0 -w -I"$srcdir/src" -I"$srcdir/src/bytecode" -c "$source" -o object.o && nm object.o
done | awk '($2 == "t" || $2 == "T") && $3 !~ /\./ && $3 != "cpol_match" { print $3 ":200000" }' | sort -u | paste -sd,)

analyse() { # NAME EVENT LEN OPTIONS...
	name=$1 event=$2 len=$3
	shift 3
	timeout "$((60 * minutes))" frama-c -machdep gcc_x86_64 -cpp-extra-args="-I$work -I$srcdir/src -I$srcdir/src/bytecode -DLEN=$len -DEVENT=$event -include $srcdir/tests/proof/builtins.h" \
		"$srcdir/tests/proof/eva_$name.c" "$srcdir/tests/proof/memory.c" "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/*.c \
		-main "eva_$name" -eva -eva-no-show-progress -eva-msg-key=-initial-state \
		-eva-builtin memset:Frama_C_memset,memcpy:Frama_C_memcpy,memmove:Frama_C_memmove "$@" >"$name.$event.log" 2>&1
	result=$?
	# An alarm: its place, and what is asserted there.
	sed -n '/^\[eva:alarm\]/{N;N;s/\n/ /g;p}' "$name.$event.log" |
		sed "s#^\[eva:alarm\] [^ ]*/src/#src/#; s#^\[eva:alarm\] [^ ]*/tests/#tests/#; s/: Warning://; s/  */ /g; s/\[.*//; s/ starting to merge.*//" |
		sort -u >"$name.$event.alarms"
	if [ "$result" -ne 0 ]; then
		echo "not ok - $name $event: Eva did not come to an end (status $result) in $minutes minutes; $(wc -l <"$name.$event.alarms") alarms so far"
		return 1
	fi
	echo "# $name $event, $len bytes: $(wc -l <"$name.$event.alarms") alarms; by kind:"
	sed 's/^[^ ]* //; s/\. assert.*//; s/ assert .*//' "$name.$event.alarms" | sort | uniq -c | sed 's/^/# /'
}

analyse decide 0 0 -eva-precision 1 -eva-slevel-function "$precise,memcmp:40,state_clear:1000" || exit 1
if [ -s decide.0.alarms ]; then
	echo "not ok - start: a policy of known bytes is opened and a group of it begins, without an alarm"
	cat decide.0.alarms
	exit 1
fi
echo "ok - start: a policy of known bytes is opened and a group of it begins, without an alarm"
status=0
[ "$len_open" -eq 0 ] || analyse open 0 "$len_open" -eva-precision 1 || status=1
for event in 0 1 2 3; do
	[ "$len_decide" -eq 0 ] ||
		analyse decide $event "$len_decide" -eva-precision 1 -eva-slevel 30 \
			-eva-slevel-function "$precise,memcmp:40,cpol_run:4000,cpol_decide:100" || status=1
done
exit $status
