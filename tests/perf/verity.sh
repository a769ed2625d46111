#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# make bench: `cocoapolc verity` beside `openssl speed` of the same machine in the
# same minute: bytes per second of processor time, and of the clock on all cores.
# A block of 4096 bytes behind a salt of 32 is 65 of SHA-256's, where 64 are data:
# the second line of openssl hashes such pieces, the first ones of 16384 bytes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
command -v openssl >/dev/null || { echo "no openssl here to compare with"; exit 0; }
salt=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
size=$((512 * 1024 * 1024))
seq 100000000 | head -c $size >"$tmp/image"
cores=$(nproc)

speed() { # OPTION... -> kB/s
	openssl speed "$@" -seconds 2 -evp sha256 2>/dev/null | awk '/^sha256/ { printf "%d\n", $2 }'
}
spent() { # FILE of `times` -> processor milliseconds of what was run
	awk -F'[ms ]+' 'NR == 2 { print int(($1 * 60 + $2 + $3 * 60 + $4) * 1000) }' "$1"
}
verity() { # sets cpu and clock, in kB/s
	times >"$tmp/before"
	start=$(date +%s%N)
	"$COCOAPOLC" verity --salt $salt "$tmp/image" >/dev/null
	end=$(date +%s%N)
	times >"$tmp/after"
	cpu=$((size / ($(spent "$tmp/after") - $(spent "$tmp/before"))))
	clock=$((size * 1000 / ((end - start) / 1000)))
}
most() { [ "$1" -gt "$2" ] && echo "$1" || echo "$2"; }

cpu_large=0 cpu_block=0 clock_large=0 clock_block=0 cpu_verity=0 clock_verity=0
for _ in 1 2 3; do
	cpu_large=$(most "$cpu_large" "$(speed -bytes 16384)")
	verity
	cpu_verity=$(most "$cpu_verity" $cpu) clock_verity=$(most "$clock_verity" $clock)
	cpu_block=$(most "$cpu_block" "$(speed -bytes 4128)")
	clock_large=$(most "$clock_large" "$(speed -multi "$cores" -elapsed -bytes 16384)")
	verity
	cpu_verity=$(most "$cpu_verity" $cpu) clock_verity=$(most "$clock_verity" $clock)
	clock_block=$(most "$clock_block" "$(speed -multi "$cores" -elapsed -bytes 4128)")
done
line() { printf '%-34s %12d %10s %12d %10s\n' "$1" $(($2 / 1000)) "$3" $(($4 / 1000)) "$5"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
printf '%-34s %12s %10s %12s %10s\n' '' 'MB/cpu s' verity/ "MB/s, $cores cores" verity/
line 'openssl speed, 16384 bytes' "$cpu_large" "$(ratio "$cpu_verity" "$cpu_large")" \
	"$clock_large" "$(ratio "$clock_verity" "$clock_large")"
line 'openssl speed, 4096 + 32 bytes' "$cpu_block" "$(ratio "$cpu_verity" "$cpu_block")" \
	"$clock_block" "$(ratio "$clock_verity" "$clock_block")"
line 'cocoapolc verity, salt of 32 bytes' "$cpu_verity" '' "$clock_verity" ''
