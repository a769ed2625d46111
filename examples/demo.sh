#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The demonstration of ./quickstart: sh examples/demo.sh BUILD_DIRECTORY
set -eu
unset CDPATH
named=${1:-build}
case $named in /*) path=$named ;; *) path="\$PWD/$named" ;; esac
build=$(cd "$named" && pwd)
cd "$(dirname "$0")"
framework=$(cd ../framework && pwd)
# By a short name, as lines of it are shown.
COCOAPOL_FRAMEWORK_DIR=framework
export COCOAPOL_FRAMEWORK_DIR
PATH="$build:$PATH"
out=$(mktemp -d "${TMPDIR:-/tmp}/cocoapol.XXXXXX")
trap 'rm -rf "$out"' EXIT
cp ./*.cpol ./*.json pod/greeter.yaml "$out"
cd "$out"
ln -s "$framework" framework

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') off=$(printf '\033[0m')
else
	bold='' dim='' off=''
fi
title() { printf '\n%s%s%s\n' "$bold" "$*" "$off"; }
show() { printf '%s$ %s%s\n' "$dim" "$*" "$off"; "$@"; }
# A command that proves: how it begins, how much more there is, and the sum.
proved() {
	printf '%s$ %s%s\n' "$dim" "$*" "$off"
	status=0
	"$@" >proof || status=$?
	awk '{ line[NR] = $0 }
		END {
			if (NR < 7) for (i = 1; i < NR; i++) print line[i]
			else { for (i = 1; i < 5; i++) print line[i]; print "   ... " NR - 5 " more such lines" }
			print line[NR]
		}' proof
	[ "$status" -eq 0 ] || { echo "unexpected exit status $status"; exit 2; }
}
# Requests of which some are attacks, as their "expect" says: the others set
# them up, and are allowed.  One request is one line of the file.
attacked() {
	printf '%s$ cocoapolv replay %s %s%s\n' "$dim" "$1" "$2" "$off"
	status=0
	cocoapolv replay "$1" "$2" >replayed || status=$?
	awk '
		function set_up() {
			if (first) printf "   %s: set-up, allowed\n", first == last ? first : first " to " last
			first = 0
		}
		FNR == NR { if (/"expect"/) attack[++n] = /"expect": "deny"/; next }
		/^ *[0-9]+  [a-z_]/ {
			shown = attack[$1]
			if (!shown) { if (!first) first = $1; last = $1; next }
			set_up()
			attacks++
			refused += $3 == "DENIED"
		}
		/^[0-9]+ requests/ { next }
		shown
		END { set_up(); printf "%d attacks, %d refused\n", attacks, refused }' "$2" replayed
	[ "$status" -eq 0 ] || { echo "unexpected exit status $status"; exit 2; }
}
# The claims that fall, and how the first does.  The answer must be no: exit status 1.
refuted() {
	printf '%s$ cocoapolv prove --html %s %s%s\n' "$dim" "${1%.cpb}.html" "$1" "$off"
	status=0
	cocoapolv prove --html "$build/${1%.cpb}.html" "$1" >proof || status=$?
	awk '/^PROVED/ { next } /^REFUTED/ { n++ } n < 2 || /^[^ ]/ { sub(/:$/, n < 2 ? ":" : ""); print }' proof
	[ "$status" -eq 1 ] || { echo "unexpected exit status $status"; exit 2; }
}

# The container of what is written, without what Kubernetes may add; long lines are cut.
imported() {
	printf '%s$ cocoapolc compile --assume-images %s%s\n' "$dim" "$1" "$off"
	cocoapolc compile --assume-images "$1" 2>said || { cat said; exit 2; }
	echo "greeter.cpol, without what Kubernetes may add; a HOLE is what only the image can say (--image):"
	sed -n '/^container/,/^}/{/env optional/d;/ optional$/d;p;}' "${1%.yaml}.cpol" | sed 's/^\(.\{109\}\).\{4,\}/\1 .../'
}

title "1. Compile a pod's policy: canonical bytes, whose digest the hardware signs (HOST_DATA)"
show cocoapolc compile storefront.cpol -o storefront.cpb
show cocoapolc digest storefront.cpb

title "2. Prove it: every claim, over every state that any sequence of requests can reach"
proved cocoapolv prove storefront.cpb

title "3. The deployment, request by request, on the interpreter that runs in the guest"
show cocoapolv replay storefront.cpb storefront.requests.json

title "4. A hostile host: each attack is refused, and the reason names the line"
attacked storefront.cpb storefront.attack.json

title "5. A careless policy: someone lets layers be unmounted while they are in use"
show cocoapolc compile careless.cpol -o careless.cpb
refuted careless.cpb
printf '\nThe same to step through, in a browser: %s\n' "$named/careless.html"

title "6. Nobody starts with a policy: a Kubernetes pod becomes one, with where each line came from"
imported greeter.yaml
printf '%s$ cocoapolv prove greeter.cpb%s\n' "$dim" "$off"
cocoapolv prove greeter.cpb >proof || { cat proof; exit 2; }
tail -1 proof

title "What next"
cat <<END
  export PATH="$path:\$PATH"

  cocoapolc compile examples/batch.cpol -o batch.cpb
  cocoapolc import --image nginx=nginx.tar pod.yaml     a pod, compose file or template of yours
  cocoapolv prove --html batch.html batch.cpb           every claim; and as a page
  cocoapolv reach batch.cpb                             is what is intended possible
  cocoapolv lint batch.cpb                              what a reviewer would point at
  cocoapolv compare old.cpb new.cpb                     what the new one allows more
  cocoapolv demand examples/bank.cpol batch.cpb         your properties of another's policy
  cocoapolv prove --certificate batch.cert batch.cpb    the proof written down, and
  cocoapol-check batch.cpb batch.cert                   followed without the solver

  examples/README.md           more policies, to be read and broken
  framework/cocoaexpo.cpol     what every policy starts from, written to be read
  man -l man/cocoapol.5        the language
  ./quickstart check           every test
END
