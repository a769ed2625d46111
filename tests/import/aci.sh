#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ARM templates: cases, and what the vectors' files come to.
. "$srcdir/tests/import/cases.sh"
cd "$here/aci" || exit 2

for file in *.json *.yaml; do
	one_case "$file"
done
proves_and_reaches expressions.cpol
proves_and_reaches alone.cpol
table aci
exit $status
