# SPDX-License-Identifier: Apache-2.0
# The tables of cocoapol-lint(7), from lint.def and lint_loader.def; put in place of
# the lines "@LINTS@" and "@LOADERS@".
/^LINT\(/ {
	split($0, f, /"/); severity = f[3]; gsub(/[, ]/, "", severity)
	lints[++n] = ".It Sy " f[2] " Ta " tolower(severity) " Ta " f[4]
	next
}
/^LOADER\(/ { split($0, f, /"/); loaders[++m] = f[2]; next }
FILENAME !~ /\.7\.in$/ { next }
/^@LINTS@$/ { for (i = 1; i <= n; i++) print lints[i]; next }
/^@LOADERS@\.$/ { for (i = 1; i <= m; i++) print ".Ev " loaders[i] (i == m ? " ." : i == m - 1 ? "\nand" : " ,"); next }
{ print }
