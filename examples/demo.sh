#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The demonstration of ./quickstart: sh examples/demo.sh BUILD_DIRECTORY
set -eu
unset CDPATH
build=$(cd "${1:-build}" && pwd)
cd "$(dirname "$0")"
COCOAPOL_FRAMEWORK_DIR=$(cd ../framework && pwd)
export COCOAPOL_FRAMEWORK_DIR
PATH="$build:$PATH"
out=$(mktemp -d "${TMPDIR:-/tmp}/cocoapol.XXXXXX")
trap 'rm -rf "$out"' EXIT
cp ./*.cpol ./*.json "$out"
cd "$out"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') off=$(printf '\033[0m')
else
	bold='' dim='' off=''
fi
title() { printf '\n%s%s%s\n' "$bold" "$*" "$off"; }
show() { printf '%s$ %s%s\n' "$dim" "$*" "$off"; "$@"; }
# The claims that fall, and how.  The answer must be no: exit status 1.
refuted() {
	printf '%s$ cocoapolv prove --html %s %s%s\n' "$dim" "${1%.cpb}.html" "$1" "$off"
	status=0
	cocoapolv prove --html "$build/${1%.cpb}.html" "$1" >proof || status=$?
	grep -v '^PROVED' proof
	[ "$status" -eq 1 ] || { echo "unexpected exit status $status"; exit 2; }
}

title "1. Compile a pod's policy: canonical bytes, whose digest the hardware signs (HOST_DATA)"
show cocoapolc compile storefront.cpol -o storefront.cpb
show cocoapolc digest storefront.cpb

title "2. Prove it: every claim, over every state that any sequence of requests can reach"
show cocoapolv prove storefront.cpb

title "3. The deployment, request by request, on the interpreter that runs in the guest"
show cocoapolv replay storefront.cpb storefront.requests.json

title "4. A hostile host: each attack is refused, and the reason names the line"
show cocoapolv replay storefront.cpb storefront.attack.json

title "5. A careless policy: someone lets layers be unmounted while they are in use"
show cocoapolc compile careless.cpol -o careless.cpb
refuted careless.cpb
printf '\nThe same to step through, in a browser: %s\n' "$build/careless.html"

title "What next"
cat <<END
  examples/storefront.cpol     the policy you just proved
  framework/cocoaexpo.cpol     what every policy starts from, written to be read
  man -l man/cocoapol.5        the language
  ./quickstart check           every test
END
