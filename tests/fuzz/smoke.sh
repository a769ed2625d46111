#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# smoke.sh POLICIES REQUESTS: so many mutated policies to the loader, mutated
# requests to decide, and mutated files to the importers, under the address and
# undefined-behaviour sanitizers; the same on every run.  make fuzz-count
# COUNT=1000000 runs as many of each.
n_policies=$1 n_requests=$2
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
. "$srcdir/tests/fuzz/targets.sh"
cd "$tmp" || exit 2

if ! make_seeds || ! make_text_seeds; then
	echo "not ok - seeds are made"
	exit 1
fi
COCOAPOL_FUZZ_POLICY=$tmp/policies/storefront.cpb
export COCOAPOL_FUZZ_POLICY
one() { # TARGET COUNT WHAT SEEDS...
	target=$1 count=$2 what=$3
	shift 3
	if ! build_target "$target" "$srcdir/tests/fuzz/driver.c" -fsanitize=address,undefined 2>"$target.log"; then
		echo "not ok - $what: the target builds"
		cat "$target.log"
		return 1
	fi
	if ./"$target" -n "$count" -s 1 "$@" >"$target.log" 2>&1; then
		echo "ok - $what ($(tail -1 "$target.log"))"
	else
		echo "not ok - $what"
		tail -30 "$target.log"
		return 1
	fi
}
one open "$n_policies" "$n_policies mutated policies: the loader finds or refuses, and nothing else" policies/* >open.result &
one decide "$n_requests" "$n_requests mutated requests: denials leave the state, nothing faults" requests/* >decide.result
status=$?
wait $! || status=1
one rego "$n_policies" "$n_policies mutated policies of hcsshim: read or complained of" regos/* >rego.result || status=1
one yaml "$n_policies" "$n_policies mutated pods, compose files and templates: read or complained of" yamls/* >yaml.result ||
	status=1
cat open.result decide.result rego.result yaml.result
exit $status
