# SPDX-License-Identifier: Apache-2.0
# Tables of what becomes of each field of an input, from src/import/*_fields.def; put in place of
# the line "@FIELDS@": one list for each object, in the order of the file.
/^REASON\(/ {
	split($0, f, /"/); name = f[1]; sub(/^REASON\(/, "", name); sub(/, $/, "", name)
	reasons[name] = f[2]
	next
}
/^FIELD\(/ {
	line = $0
	gsub(/\\"/, "\001", line)               # a quote inside of a text
	split(line, f, /"/)
	object = f[2]; field = f[4]; use = f[5]; why = f[8]
	gsub(/[, ]/, "", use)
	if (why == "") { why = f[7]; gsub(/[, )]/, "", why); why = reasons[why] }
	gsub(/\001/, "\\(dq", why)
	gsub(/\\\(dq/, "\\\\(dq", why)
	verb = use == "USED" ? "used" : use == "REFUSED" ? "refused" : "no effect"
	if (!(object in rows)) objects[++n] = object
	rows[object] = rows[object] ".It Li " field " Ta " verb " Ta " why "\n"
	next
}
FILENAME ~ /\.def$/ { next }
/^@FIELDS@$/ {
	for (i = 1; i <= n; i++) {
		print ".Pp\n.Em " objects[i]
		print ".Bl -column -compact \"topologySpreadConstraints\" \"no effect\" \"what becomes of it\""
		printf "%s", rows[objects[i]]
		print ".El"
	}
	next
}
{ print }
