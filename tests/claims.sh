# SPDX-License-Identifier: Apache-2.0
#
# What tests of the programs have in common, to be sourced: they work in a folder of
# their own, and each line they print is a claim (run.sh).  A claim that fails shows
# the file "log".
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat log; status=1; fi
}
exits() { # STATUS CLAIM COMMAND...: the command's exit status
	want=$1 what=$2
	shift 2
	"$@" >log 2>&1
	got=$?
	[ "$got" -eq "$want" ]
	result=$?
	[ $result -eq 0 ] || echo "exit status $got, not $want" >>log
	claim $result "$what"
}
says() { # PATTERN CLAIM: in the output of the command before
	grep -qE -- "$1" log
	claim $? "$2"
}
silent() { # PATTERN CLAIM
	! grep -qE -- "$1" log
	claim $? "$2"
}
