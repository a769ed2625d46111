# SPDX-License-Identifier: Apache-2.0
#
# What the guest links, for a compiler: sourced, needs $srcdir and
# $GUEST_CFLAGS, which is how the guest is compiled.
#
#   guest_build COMPILER DIR   archive, link and call graph of the guest's code
#   guest_size DIR             "text rodata relocations" of what is linked
#   guest_stack DIR            "bytes path" of the deepest chain of calls
guest_build() {
	compiler=$1 dir=$2
	mkdir -p "$dir"
	cat >"$dir/agent.c" <<-'C'
	/* All that cpol.h has, and nothing else. */
	#include "runtime/cpol.h"
	void _start(void);
	void *memcpy(void *, const void *, size_t), *memmove(void *, const void *, size_t);
	void *memset(void *, int, size_t);
	int memcmp(const void *, const void *, size_t);
	void *memcpy(void *to, const void *from, size_t n) { (void)from, (void)n; return to; }
	void *memmove(void *to, const void *from, size_t n) { (void)from, (void)n; return to; }
	void *memset(void *to, int byte, size_t n) { (void)byte, (void)n; return to; }
	int memcmp(const void *a, const void *b, size_t n) { (void)a, (void)b, (void)n; return 0; }
	void _start(void)
	{
		static struct cpol_policy policy;
		static uint64_t memory[2];
		struct cpol_event event = { memory, 8 };
		struct cpol_group group;
		size_t where;

		if (cpol_open(&policy, memory, 8, &where) == BC_OK &&
		    cpol_init(&group, &policy, memory, cpol_memory(&policy, NULL), NULL) == BC_OK &&
		    cpol_decide(&group, &event).allowed && cpol_event_number(&policy, "", 0) == 0 &&
		    cpol_field_number(&policy, 0, "", 0) == 0)
			cpol_commit(&group);
		cpol_abort(&group);
	}
	C
	flags="-std=c11 $GUEST_CFLAGS -fPIE -I$srcdir/src -I$srcdir/src/bytecode"
	for source in "$srcdir"/src/bytecode/*.c "$srcdir"/src/runtime/*.c; do
		name=$(basename "$source" .c)
		# shellcheck disable=SC2086
		"$compiler" $flags -fcallgraph-info=su -c "$source" -o "$dir/$name.o" || return 1
	done
	ar cr "$dir/guest.a" "$dir"/*.o
	# shellcheck disable=SC2086
	"$compiler" $flags -c "$dir/agent.c" -o "$dir/agent.o" &&
		"$compiler" $flags -static-pie -nostdlib -Wl,--build-id=none "$dir/agent.o" "$dir/guest.a" -o "$dir/agent"
}

# Of the linked image, less what the agent above has.  A relocation that is left
# would have to be made wherever the guest is loaded.
guest_size() {
	for file in "$1/agent" "$1/agent.o"; do
		readelf -SW "$file" | sed 's/^ *\[ *[0-9]*\]//' | awk '
			function hex(s,   i, n) { n = 0; s = tolower(s)
				for (i = 1; i <= length(s); i++) n = 16 * n + index("0123456789abcdef", substr(s, i, 1)) - 1
				return n }
			$1 ~ /^\.text/ { text += hex($5) }
			$1 ~ /^\.rodata/ { rodata += hex($5) }
			$1 ~ /^\.rela\.dyn|^\.rel\.dyn/ { relocations += hex($5) / 24 }
			END { print text + 0, rodata + 0, relocations + 0 }'
	done | awk 'NR == 1 { text = $1; rodata = $2; n = $3 } NR == 2 { print text - $1, rodata - $2, n }'
}

guest_stack() {
	cat "$1"/*.ci | awk '
		function name(s) { sub(/.*:/, "", s); return s }
		function field(line, key,   s) { s = line; sub(".*" key ": \"", "", s); sub(/".*/, "", s); return s }
		function deepest(f,   list, n, i, most, path) {
			if (f in open) { print "recursion " f; failed = 1; exit 1 }
			if (f in deep) return deep[f]
			open[f] = 1
			n = split(calls[f], list, " ")
			most = 0; path = ""
			for (i = 1; i <= n; i++)
				if (deepest(list[i]) > most) { most = deep[list[i]]; path = chain[list[i]] }
			delete open[f]
			deep[f] = own[f] + most
			chain[f] = name(f) " " own[f] (path == "" ? "" : ", " path)
			return deep[f]
		}
		/^node:/ && /bytes \(/ {
			f = field($0, "title"); s = $0; sub(/ bytes \(.*/, "", s); sub(/.*\\n/, "", s)
			own[f] = s
			if ($0 !~ /\(static\)/) { print "unbounded " f; failed = 1; exit 1 }
		}
		/^edge:/ { from = field($0, "sourcename"); calls[from] = calls[from] " " field($0, "targetname") }
		END {
			if (failed) exit 1
			for (f in own) if (f ~ /^cpol_/ && deepest(f) > deep[worst]) worst = f
			print deep[worst], chain[worst]
		}'
}
