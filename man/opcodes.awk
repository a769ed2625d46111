# SPDX-License-Identifier: Apache-2.0
# The instruction table of cocoapol-bytecode(5), from opcodes.def; put in place of
# the line "@OPCODES@".
FNR == NR {
	if (match($0, /^OP\(/)) {
		line = substr($0, 4); sub(/\)$/, "", line)
		split(line, f, /, */)
		text = line; sub(/^[^"]*"[^"]*"[^"]*"[^"]*"[^"]*"/, "", text); sub(/"$/, "", text)
		pops = f[4]; gsub(/"/, "", pops); if (pops == "") pops = "\\(en"
		pushes = f[5]; gsub(/"/, "", pops); gsub(/"/, "", pushes); if (pushes == ".") pushes = "\\(en"
		operand = f[3]; if (operand == "NONE") operand = "\\(en"; gsub(/_/, " ", operand)
		rows[++n] = ".It " f[2] " Ta " f[1] " Ta " operand " Ta " pops " Ta " pushes " Ta " text
	}
	next
}
/^@OPCODES@$/ { for (i = 1; i <= n; i++) print rows[i]; next }
{ print }
