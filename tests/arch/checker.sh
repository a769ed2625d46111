#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The checker of certificates (the argument) has no solver in it, and knows
# nothing of the compiler or of how a certificate is found.
program=$1
status=0
claim() { # WORDS EVIDENCE: holds if there is no evidence
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		echo "$2" | sed 's/^/#  /'
		status=1
	fi
}
symbols=$($NM "$program") && libraries=$($READELF -d "$program") || exit 2
echo "$symbols" | grep -q ' certificate_check$' || { echo "not ok - the checker has symbols"; exit 1; }
claim "the checker calls no solver" "$(echo "$symbols" | grep -iE ' U (Z3_|picosat|cadical)')"
claim "the checker links no solver" "$(echo "$libraries" | grep -iE 'NEEDED.*(z3|sat|cvc|yices)')"
claim "the checker has nothing of the prover" "$(echo "$symbols" |
	grep -E ' [Tt] (smt_|prove_|lemma_|hunt|cases_|search_|cpolc_)')"
exit $status
