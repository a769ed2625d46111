#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolc and bad input: a named complaint and the right exit status, never a
# crash, and never half an output.
status=0
tmp=$(mktemp -d) || exit 2
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

# gives STATUS TEXT CLAIM COMMAND...: exit status, and words of the output.
gives() {
	want=$1 text=$2 what=$3
	shift 3
	timeout 60 "$@" >out 2>err
	got=$?
	cat out err >both
	if [ "$got" -eq "$want" ] && { [ -z "$text" ] || grep -qF -- "$text" both; }; then
		echo "ok - $what"
	else
		echo "not ok - $what (exit status $got, wanted $want and '$text')"
		head -5 both
		status=1
	fi
}
absent() { # CLAIM FILE...
	what=$1
	shift
	for file in "$@"; do
		if [ -e "$file" ]; then
			echo "not ok - $what ($file is there)"
			status=1
			return
		fi
	done
	echo "ok - $what"
}

cp "$srcdir/examples/storefront.cpol" good.cpol
"$COCOAPOLC" compile good.cpol -o good.cpb || exit 1

# A rule that is said to take a step more: the lowest byte of the first u64 of the code.
cat >bound.awk <<'E2'
function u32(at) { return ((b[at] * 256 + b[at + 1]) * 256 + b[at + 2]) * 256 + b[at + 3] }
{ for (i = 1; i <= NF; i++) b[n++] = $i }
END {
	at = 56
	for (i = 0; i < 9; i++) at += u32(16 + 4 * i)
	while (u32(at) == 0) at += 4
	print at + 11, (b[at + 11] + 1) % 256
}
E2
cp good.cpb more.cpb
set -- $(od -An -v -tu1 good.cpb | awk -f bound.awk)
printf "\\$(printf %o "$2")" | dd of=more.cpb bs=1 seek="$1" conv=notrunc 2>/dev/null
gives 1 "more.cpb: no compiler made this: 'agent_fault' is said to take at most" \
	"a policy that says other bounds than it has is not dumped" "$COCOAPOLC" dump more.cpb
gives 2 "bytes of scratch, and takes" "nor proved" "$COCOAPOLV" prove more.cpb

gives 2 "missing.cpol" "a missing file" "$COCOAPOLC" compile missing.cpol
mkdir directory
gives 2 "directory" "a directory" "$COCOAPOLC" compile directory
: >empty.cpol
gives 1 "empty.cpol" "an empty file" "$COCOAPOLC" compile empty.cpol
printf 'policy p svn 1 uses cocoaexpo 1 # \377\n' >latin.cpol
gives 1 "[encoding]" "text that is not UTF-8" "$COCOAPOLC" compile latin.cpol
head -c 10000000 /dev/zero | tr '\0' '(' >open.cpol
gives 1 "error:" "10 MB of '('" "$COCOAPOLC" compile open.cpol
{
	echo 'policy p svn 1 uses cocoaexpo 1'
	printf 'invariant deep: '
	head -c 1000000 /dev/zero | tr '\0' '('
} >deep.cpol
gives 1 "[too-deep]" "a million brackets in an expression" "$COCOAPOLC" compile deep.cpol
{
	echo 'policy p svn 1 uses cocoaexpo 1'
	printf 'invariant deep: '
	yes not | head -300000 | tr '\n' ' '
	echo true
} >nots.cpol
gives 1 "[too-deep]" "300,000 'not'" "$COCOAPOLC" compile nots.cpol
head -c 20000000 /dev/zero | tr '\0' ' ' >large.cpol
gives 2 "large.cpol" "a file over the limit" "$COCOAPOLC" compile large.cpol
cat >twice.cpol <<'END'
policy p svn 1 uses cocoaexpo 1
state a : bool
state a : int max 3
END
gives 1 "[duplicate-name]" "a name twice" "$COCOAPOLC" compile twice.cpol
cat >types.cpol <<'END'
policy p svn 1 uses cocoaexpo 1
state n : int max 3
invariant wrong: not n
END
gives 1 "[type-mismatch]" "a wrong type" "$COCOAPOLC" compile types.cpol
gives 1 "types.cpol:3:" "with its place" "$COCOAPOLC" compile types.cpol
absent "no output where there is an error" missing.cpb empty.cpb open.cpb deep.cpb twice.cpb types.cpb types.cpb.map

# Where the framework is: of the build, of the caller, or nowhere.
cat >lost.cpol <<'END'
policy p svn 1 uses nowhere 1
END
gives 2 "--framework FILE or COCOAPOL_FRAMEWORK_DIR" "an unknown framework" "$COCOAPOLC" compile lost.cpol
gives 2 "$builddir/framework/nowhere.cpol" "and where it was looked for" "$COCOAPOLC" compile lost.cpol
gives 0 "" "a build that is not installed finds its framework" \
	env -u COCOAPOL_FRAMEWORK_DIR "$COCOAPOLC" compile good.cpol -o found.cpb
gives 0 "" "which is the same" cmp good.cpb found.cpb
mkdir elsewhere
cp "$COCOAPOLC" elsewhere/cocoapolc
cp "$srcdir/framework/cocoaexpo.cpol" .
gives 0 "" "and beside the policy where there is no other" \
	env -u COCOAPOL_FRAMEWORK_DIR elsewhere/cocoapolc compile good.cpol -o found.cpb
rm cocoaexpo.cpol

mkdir readonly
cp good.cpb readonly/kept.cpb
chmod a-w readonly readonly/kept.cpb
if [ "$(id -u)" -eq 0 ]; then
	# root writes where it likes: a place that can't be made will do.
	gives 2 "good.cpol/x.cpb" "an output that can't be written" "$COCOAPOLC" compile good.cpol -o good.cpol/x.cpb
else
	gives 2 "readonly/x.cpb" "an output that can't be written" "$COCOAPOLC" compile good.cpol -o readonly/x.cpb
fi
gives 2 "" "a full device" "$COCOAPOLC" compile good.cpol --no-map -o /dev/full
absent "nothing half-written is left" readonly/x.cpb
if [ "$(find . -name '*.cpb.*' ! -name '*.map' | wc -l)" -eq 0 ]; then
	echo "ok - and no temporary file"
else
	echo "not ok - and no temporary file"
	status=1
fi

head -c 1000 good.cpb >cut.cpb
echo policy >word.cpol
gives 1 "cut.cpb" "dump of bytes that are no policy" "$COCOAPOLC" dump cut.cpb
gives 1 "empty.cpol" "digest of bytes that are no policy" "$COCOAPOLC" digest empty.cpol
gives 1 "is this a source?  'cocoapolc compile'" "digest of a source" "$COCOAPOLC" digest good.cpol
gives 2 "is this a source?  'cocoapolc compile'" "proof of a source" "$COCOAPOLV" prove good.cpol
gives 1 "is this a source?" "a source of one word" "$COCOAPOLC" digest word.cpol
gives 2 "is this JSON" "proof of requests" "$COCOAPOLV" prove "$srcdir/examples/storefront.attack.json"
gives 2 "this is the map of one" "proof of a map" "$COCOAPOLV" prove good.cpb.map
head -c 300 /dev/zero >zeros.cpb
"$COCOAPOLV" prove zeros.cpb 2>err
if grep -q MAGIC err && ! grep -q 'is this' err; then
	echo "ok - zeros are no source"
else
	echo "not ok - zeros are no source"
	status=1
fi
for reason in malformed bad-request bad_request CPOL_BAD_REQUEST 4; do
	gives 0 "the request is malformed at field" "explain $reason" "$COCOAPOLC" explain good.cpb mount_device $reason 8
done
gives 2 "bad-request" "explain of no reason names those there are" "$COCOAPOLC" explain good.cpb mount_device wrong 8
gives 1 "bytes of a policy" "compile of bytes says what they are" "$COCOAPOLC" compile good.cpb
gives 1 "source already" "import of a source says what it is" "$COCOAPOLC" import good.cpol
printf 'services: {}\n' >web.yaml
gives 1 "read as what it looks like: compose" "a --from that does not fit is named" \
	"$COCOAPOLC" import --from k8s web.yaml
gives 2 "" "no command" "$COCOAPOLC"
gives 2 "fly" "an unknown command" "$COCOAPOLC" fly
gives 2 "--wings" "an unknown option" "$COCOAPOLC" compile --wings good.cpol
for command in compile import fmt diff dump digest explain; do
	gives 0 "sage" "$command --help" "$COCOAPOLC" $command --help
done
gives 0 "cocoapolc" "--version" "$COCOAPOLC" --version
gives 0 "" "fmt -w" "$COCOAPOLC" fmt -w good.cpol
gives 0 "" "what fmt wrote is formatted" "$COCOAPOLC" fmt --check good.cpol
gives 1 "" "a text with a syntax error is not formatted" "$COCOAPOLC" fmt -w open.cpol
gives 0 "" "dump --json is JSON" sh -c '"$COCOAPOLC" dump --json good.cpb | jq -e .events'
sum=$(sha256sum good.cpb | cut -d" " -f1)
gives 0 "$sum" "digest is that of sha256sum" "$COCOAPOLC" digest good.cpb
if command -v script >/dev/null; then
	TERM=xterm script -qec "NO_COLOR=1 '$COCOAPOLC' compile types.cpol" /dev/null >out 2>&1
	if grep -q "$(printf '\033')" out; then echo "not ok - NO_COLOR means no colours"; status=1; else echo "ok - NO_COLOR means no colours"; fi
fi
exit $status
