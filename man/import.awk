# SPDX-License-Identifier: Apache-2.0
# cocoapolc-import(1) from its parts, on lines of their own:
#   @INCLUDE FILE@  another part of the manual
#   @FIELDS FILE@   what becomes of each field, from src/import/*_fields.def: one list for each object
#   @TEXT FILE@     a file as it is, in an example

# The text of a reason by its name, or the text itself.
function why_of(text) { return text in reasons ? reasons[text] : text }

# FIELD("Object", "name", USE, "of", "why" or REASON), or FIELD(Object, name, USE, "why").
function read_field(line,    n, parts, i, quoted, part) {
	gsub(/\\"/, "\001", line)               # a quote inside of a text
	sub(/^FIELD\(/, "", line)
	sub(/\)[ \t]*$/, "", line)
	n = 0; quoted = 0; part = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\"") quoted = !quoted
		else if (c == "," && !quoted) { parts[++n] = part; part = "" }
		else if (quoted || c != " ") part = part c
	}
	parts[++n] = part
	gsub(/\001/, "\\(dq", parts[n])
	add_row(parts[1], parts[2], parts[3], why_of(parts[n]))
}

function add_row(object, field, use, why) {
	use = use == "USED" ? "used" : use == "REFUSED" ? "refused" : "no effect"
	if (!(object in rows)) objects[++n_objects] = object
	rows[object] = rows[object] ".It Li " field " Ta " use " Ta " why "\n"
}

function print_fields(file,    line, f, i) {
	n_objects = 0; split("", rows); split("", reasons)
	while ((getline line < file) > 0) {
		if (line ~ /^REASON\(/) {
			split(line, f, /"/); sub(/^REASON\(/, "", f[1]); sub(/, $/, "", f[1])
			reasons[f[1]] = f[2]
		} else if (line ~ /^FIELD\(/)
			read_field(line)
	}
	close(file)
	for (i = 1; i <= n_objects; i++) {
		print ".Pp\n.Em " objects[i]
		print ".Bl -column -compact \"topologySpreadConstraints\" \"no effect\" \"what becomes of it\""
		printf "%s", rows[objects[i]]
		print ".El"
	}
}

function print_text(file,    line) {
	while ((getline line < file) > 0) {
		gsub(/\\/, "\\e", line)
		if (line ~ /^[.']/) line = "\\&" line
		print line
	}
	close(file)
}

function print_line(line,    f, part) {
	split(line, f, /[ @]/)
	if (line ~ /^@INCLUDE /) {
		while ((getline part < f[3]) > 0)
			if (part !~ /^\.\\"/) print_line(part)
		close(f[3])
	} else if (line ~ /^@FIELDS /) print_fields(f[3])
	else if (line ~ /^@TEXT /) print_text(f[3])
	else print line
}

{ print_line($0) }
