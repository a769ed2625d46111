#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What cocoapolv reach finds where a group has many parts: host shares, which must
# be mounted between a container's overlay and its start, and orders of starting.
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# CONTAINERS SHARES [BODY]: a policy; BODY stands in each container, and may have
# $before, the number of the one before it, or nothing, and $next, round the circle.
policy() {
	echo "policy many svn 1 uses cocoaexpo 1"
	i=0
	goal= before=
	while [ $i -lt "$1" ]; do
		printf 'container c%d {\n  layers [ verity sha256:%064x blocks 9 salt "ab" ]\n' $i $i
		printf '  command ["/bin/c%d"]\n  env NAME = "c%d"\n' $i $i
		j=0
		while [ $j -lt "$2" ]; do
			printf '  mount bind share "part-%d" on "/mnt/%d" options { rbind rprivate rw }\n' $j $j
			j=$((j + 1))
		done
		next=$(((i + 1) % $1))
		eval "printf '%s\n' \"${3:-}\""
		before=$i
		echo "}"
		goal="$goal${goal:+ and }(some id in started: spec[id] == { c$i })"
		i=$((i + 1))
	done
	echo "reachable all_run: $goal"
}

# VERDICT CLAIM: of $tmp/policy.cpol.
expect() {
	"$COCOAPOLC" compile "$tmp/policy.cpol" -o "$tmp/policy.cpb" >"$tmp/log" 2>&1 &&
		"$COCOAPOLV" reach --json --timeout 60 "$tmp/policy.cpb" >"$tmp/out.json" 2>>"$tmp/log"
	verdict=$(jq -r '.claims[0].verdict' "$tmp/out.json")
	if [ "$verdict" = "$1" ]; then
		echo "ok - $2"
	else
		echo "not ok - $2: $verdict"
		sed 's/^/# /' "$tmp/log"
	fi
}

# EVENT: how often the trace has it.
requests() {
	jq "[.claims[0].trace[].request.event | select(. == \"$1\")] | length" "$tmp/out.json"
}

policy 6 3 >"$tmp/policy.cpol"
expect REACHED "six containers with three host shares each run"
n="$(requests mount_device) $(requests mount_overlay) $(requests mount_host) $(requests create_container)"
if [ "$n" = "6 6 18 6" ]; then
	echo "ok - and the trace has no mount that is not needed"
else
	echo "not ok - mounts that are not needed: $n"
fi

# As many shares as the framework has room for, but for some; the mounts of one
# container are not planned for another.
policy 1 200 >"$tmp/policy.cpol"
expect REACHED "a container with two hundred host shares runs"
policy 10 6 '${before:+  after { c$before \}}' >"$tmp/policy.cpol"
expect REACHED "ten containers with six host shares each run, one after another"
n="$(requests mount_device) $(requests mount_overlay) $(requests mount_host) $(requests create_container)"
if [ "$n" = "10 10 60 10" ]; then
	echo "ok - and this trace has no mount that is not needed"
else
	echo "not ok - mounts that are not needed: $n"
fi

policy 4 1 '${before:+  after { c$before \}}' >"$tmp/policy.cpol"
grep -q 'after { c2 }' "$tmp/policy.cpol" || echo "not ok - the policy has its order"
expect REACHED "containers run that begin one after another"

policy 1 2 "  instances 3" | sed 's/^reachable.*/reachable three: count(id in started: spec[id] == { c0 }) == 3/' \
	>"$tmp/policy.cpol"
expect REACHED "three instances of one declaration run"

policy 2 1 '  after { c$next }' >"$tmp/policy.cpol"
"$COCOAPOLC" compile "$tmp/policy.cpol" -o "$tmp/policy.cpb" >/dev/null 2>&1
"$COCOAPOLV" reach --json --timeout 6 "$tmp/policy.cpb" >"$tmp/out.json" 2>"$tmp/log"
case $(jq -r '.claims[0].verdict' "$tmp/out.json") in
IMPOSSIBLE | UNKNOWN) echo "ok - containers that wait for each other are not said to run" ;;
*) echo "not ok - containers that wait for each other run" ;;
esac

# lint plans each container's start alone: with all that must begin before it, and
# not as another one that its layers fit as well.
starts() { # CLAIM: what lint says of $tmp/policy.cpol
	"$COCOAPOLC" compile --no-map "$tmp/policy.cpol" -o "$tmp/policy.cpb" >"$tmp/log" 2>&1 &&
		"$COCOAPOLV" lint --timeout 60 "$tmp/policy.cpb" >"$tmp/said" 2>>"$tmp/log"
	if grep -q 'new-privileges' "$tmp/said" && ! grep -E 'not-(started|tried)' "$tmp/said" >>"$tmp/log"; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		sed 's/^/# /' "$tmp/log"
	fi
}
policy 10 3 '${before:+  after { c$before \}}' >"$tmp/policy.cpol"
starts "lint finds a start for each of ten containers that begin one after another"
policy 2 0 '  # $i' | sed -e 's/sha256:0*1 /sha256:0000000000000000000000000000000000000000000000000000000000000000 /' \
	-e 's|/bin/c1|/bin/c0|; s|^  # 0|  mount bind sandbox "/data" on "/data" options { rw }|' >"$tmp/policy.cpol"
[ "$(grep -c '  layers .*sha256:0* ' "$tmp/policy.cpol")" -eq 2 ] || echo "not ok - both containers have one layer"
starts "lint finds a start for each of two containers of one image and command"
