#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The manuals are well formed, and what they show as an example works.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; status=1; fi
}

for page in "$srcdir"/man/*.[135] "$builddir"/*.[157]; do
	name=$(basename "$page")
	if command -v mandoc >/dev/null; then
		mandoc -Tlint -W warning "$page" >"$tmp/lint" 2>&1
		claim $? "$name is well formed"
		cat "$tmp/lint"
	else
		echo "skip - $name is well formed: no mandoc here"
	fi
	# Examples stand between ".\" test: KIND" and the .Ed after it.
	awk -v tmp="$tmp/$name" '
		/^\.\\" test: / { kind = $3; n++; next }
		kind && /^\.Bd/ { on = 1; next }
		on && /^\.Ed/ { on = 0; kind = "" }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print >(tmp "." n "." kind) }
	' "$page"
done
for example in "$tmp"/*.policy; do
	"$COCOAPOLC" compile "$example" -o "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "the policy in $(basename "$example" .policy) compiles"
	cat "$tmp/log"
	"$COCOAPOLV" prove "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "and is proved"
	grep -v PROVED "$tmp/log"
done
# Properties are of the policy on the same page.
for example in "$tmp"/*.properties; do
	page=$(basename "$example" | sed 's/\.[0-9]*\.properties$//')
	"$COCOAPOLC" compile "$tmp/$page".*.policy -o "$tmp/out.cpb" >"$tmp/log" 2>&1 &&
		"$COCOAPOLV" demand "$example" "$tmp/out.cpb" >"$tmp/log" 2>&1
	claim $? "the properties in $(basename "$example" .properties) hold"
	grep -E '^(UNKNOWN|REFUTED)|error' "$tmp/log"
done
for example in "$tmp"/*.c; do
	mkdir -p "$tmp/include/cocoapol"
	cp "$srcdir"/src/bytecode/*.h "$srcdir"/src/bytecode/*.def "$srcdir/src/runtime/cpol.h" "$tmp/include/cocoapol"
	$CC -std=c11 -Wall -Werror -ffreestanding -I"$tmp/include" -c "$example" -o "$tmp/example.o"
	claim $? "the program in $(basename "$example" .c) compiles"
done
# What cpol(3) shows does what its text demands: after a fault all is denied.
cat >"$tmp/agent.c" <<'END'
#include <stdio.h>
#include "example.c"
static enum acted outcome;
static enum acted act(const struct cpol_verdict *verdict) { (void)verdict; return outcome; }
int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 20];
	static uint64_t memory[1 << 22];
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t len = file == NULL ? 0 : fread(bytes, 1, sizeof(bytes), file), where;
	uint8_t request[8] = { 0, 0, 0, 0, 0, 0, 0, 8 };
	struct cpol_policy policy;
	struct cpol_group group;
	struct cpol_verdict verdict;
	bool as_wanted;

	if (cpol_open(&policy, bytes, len, &where) != BC_OK
	    || cpol_init(&group, &policy, memory, sizeof(memory), NULL) != BC_OK)
		return 2;
	request[3] = (uint8_t)cpol_event_number(&policy, "runtime_logging", 15);
	as_wanted = serve(&group, &policy, request, 8, act);
	outcome = NOT_BEGUN;
	as_wanted = !serve(&group, &policy, request, 8, act) && as_wanted;
	outcome = ACTED;
	as_wanted = serve(&group, &policy, request, 8, act) && as_wanted;
	outcome = HALF_WAY;
	as_wanted = !serve(&group, &policy, request, 8, act) && as_wanted;
	verdict = cpol_decide(&group, &(struct cpol_event){ request, 8 });
	return verdict.allowed || verdict.reason != CPOL_REQUIREMENT || !as_wanted;
}
END
flags=
[ -z "${SANITIZERS:-}" ] || flags=-fsanitize=address,undefined
cp "$tmp"/cpol.3.*.c "$tmp/example.c" &&
	"$COCOAPOLC" compile "$tmp"/cocoapol.5.1.policy -o "$tmp/out.cpb" &&
	$CC $flags -std=c11 -Wall -Werror -I"$tmp/include" "$tmp/agent.c" "$builddir/libcocoapol.a" -o "$tmp/agent" &&
	"$tmp/agent" "$tmp/out.cpb"
claim $? "the agent in cpol.3 serves, and after a fault denies"

# The pod of cocoapolc-import(1) has the policy that stands below it, which holds and can run.
(cd "$srcdir/examples/pod" && "$COCOAPOLC" import --assume-images greeter.yaml) >"$tmp/greeter.cpol" 2>"$tmp/log"
diff "$srcdir/examples/pod/greeter.cpol" "$tmp/greeter.cpol"
claim $? "the pod in cocoapolc-import.1 is imported as it says"
"$COCOAPOLC" compile "$tmp/greeter.cpol" -o "$tmp/out.cpb" >"$tmp/log" 2>&1 &&
	"$COCOAPOLV" prove "$tmp/out.cpb" >"$tmp/log" 2>&1 && "$COCOAPOLV" reach "$tmp/out.cpb" >>"$tmp/log" 2>&1
claim $? "and its policy is proved, and all of it can run"
grep -vE 'PROVED|REACHED|^ ' "$tmp/log"

# The entries of a container are all there, each with its default.
awk '/^kind container /,/^}/' "$srcdir/framework/cocoaexpo.cpol" |
	sed 's/^  key /  /' | sed -n -e 's/^  \([a-z_]*\): [^=#]*= \([^#]*[^# ]\) *\(#.*\)*$/\1|\2/p;t' \
		-e 's/^  \([a-z_]*\): bool.*/\1|false/p;t' -e 's/^  \([a-z_]*\): .*/\1|/p' >"$tmp/columns"
awk '/^\.Ss A container/,/^\.El/' "$srcdir/man/cocoapol.5" |
	sed -n 's/^\.It Ic \([a-z_]*\) Ta \([^ ].*\) Ta .*/\1|\2/p' | sed 's/\\(dq/"/g;s/|required$/|/' >"$tmp/table"
[ -s "$tmp/columns" ] && diff "$tmp/columns" "$tmp/table"
claim $? "cocoapol.5 has the entries of a container and their defaults"
exit $status
