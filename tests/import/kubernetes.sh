#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Kubernetes' manifests as policies.
#
#   kubernetes/NAME.yaml + NAME.cpol + NAME.err    the policy and what is said, byte for byte
#   kubernetes/complaints/NAME.yaml + NAME.err     what is wrong or left out; the first line states the claim
#   kubernetes.table                               what comes of each manifest of the vectors
#
# UPDATE=1 writes .cpol, .err and the table: read the difference then.
: "${srcdir:=.}" "${builddir:=.}"
here=$srcdir/tests/import/kubernetes
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

# verdict CLAIM CODE WANTED FOUND...: the exit code is as wanted, and each file as expected.
verdict() {
	claim=$1 code=$2 wanted=$3
	shift 3
	good=true
	[ "$code" -eq "$wanted" ] || good=false
	while [ $# -ge 2 ]; do
		[ -z "${UPDATE:-}" ] || cp "$2" "$1"
		cmp -s "$1" "$2" || { good=false; diff "$1" "$2" | sed 's/^/  /' | head -20; }
		shift 2
	done
	if $good; then
		echo "ok - $claim"
	else
		echo "not ok - $claim (exit status $code, wanted $wanted)"
		status=1
	fi
}

for source in "$here"/*.yaml; do
	name=$(basename "$source" .yaml)
	(cd "$here" && "$COCOAPOLC" import --assume-images -o "$work/$name.cpol" "$name.yaml") 2>"$work/err"
	verdict "$name becomes this policy" $? 0 "$here/$name.cpol" "$work/$name.cpol" "$here/$name.err" "$work/err"
done

for source in "$here"/complaints/*.yaml; do
	name=$(basename "$source" .yaml)
	options=--assume-images
	case $name in
	strict-*) options='--assume-images --strict' ;;
	images-*) options= ;;
	esac
	# shellcheck disable=SC2086
	(cd "$here/complaints" && "$COCOAPOLC" import $options --output-dir "$work/out" "$name.yaml") >"$work/said" 2>"$work/err"
	code=$?
	[ -z "${UPDATE:-}" ] || cp "$work/err" "$here/complaints/$name.err"
	wanted=0
	! grep -q ': error: ' "$here/complaints/$name.err" || wanted=1
	verdict "$name" $code $wanted "$here/complaints/$name.err" "$work/err"
done

"$builddir/fields" "$here"/*.yaml || status=1

# One pause container, however the pod is read.
(cd "$here" && "$COCOAPOLC" import --assume-images --sandbox-image pause -o "$work/pause.cpol" ledger.yaml) 2>"$work/err" &&
	[ "$(grep -c '^  sandbox$' "$work/pause.cpol")" -eq 1 ] &&
	! sed -n '/^container sandbox_pause/,/^}/p' "$work/pause.cpol" | grep -q instances
verdict "there is one pause container" $? 0

# More containers than a run of `and` can name.
{
	printf 'apiVersion: v1\nkind: Pod\nmetadata: { name: many }\nspec:\n'
	printf '  initContainers:\n  - { name: first, image: first, command: [a] }\n  containers:\n'
	for i in $(seq 40); do echo "  - { name: c$i, image: x$i, command: [run, '$i'] }"; done
} >"$work/many.yaml"
"$COCOAPOLC" import --assume-images -o "$work/many.cpol" "$work/many.yaml" 2>"$work/err" &&
	"$COCOAPOLC" compile -o "$work/many.cpb" "$work/many.cpol" && "$COCOAPOLV" reach "$work/many.cpb" >"$work/said" 2>&1
verdict "all of 41 containers can run" $? 0
# One that is called as the claim's own variable, and many of two kinds.
sed 's/name: first/name: each/' "$work/many.yaml" >"$work/each.yaml"
"$COCOAPOLC" import --assume-images -o "$work/each.cpol" "$work/each.yaml" 2>"$work/err" &&
	grep -q '^  each_1 in begun$' "$work/each.cpol" && grep -qF '(all each in containers: each in { each_1 } or ' "$work/each.cpol"
verdict "no container is taken for any" $? 0
{
	printf 'apiVersion: v1\nkind: Pod\nmetadata: { name: many }\nspec:\n'
	for kind in initContainers containers; do
		echo "  $kind:"
		for i in $(seq 24); do echo "  - { name: ${kind%ontainers}$i, image: x$i, command: [run, '$i'] }"; done
	done
} | sed 's/name: initC/name: i/' >"$work/kinds.yaml"
"$COCOAPOLC" import --assume-images -o "$work/kinds.cpol" "$work/kinds.yaml" 2>"$work/err"
verdict "24 containers of each of two kinds are a group" $? 0

# Of another group nothing is said: what is wrong with it and what it has that is not known.
cat >"$work/two.yaml" <<'END'
apiVersion: v1
metadata: { name: one }
kind: Pod
spec: { unknown: 1, hostPID: true, containers: [{ name: c, image: i }] }
---
apiVersion: v1
metadata: { name: two }
kind: Pod
spec: { strange: 1, containers: [{ name: c, image: i }] }
END
"$COCOAPOLC" import --assume-images --group two -o "$work/two.cpol" "$work/two.yaml" 2>"$work/err" &&
	grep -q 'two.yaml:9.*spec.strange' "$work/err" && ! grep -q 'unknown: 1\|hostPID' "$work/err"
verdict "of one group no more is said than what is about it" $? 0
"$COCOAPOLC" import --assume-images --group one -o "$work/one.cpol" "$work/two.yaml" 2>"$work/err"
verdict "and of one that something is wrong with" $? 1
grep -q 'two.yaml:4.*hostPID' "$work/err" && ! grep -q strange "$work/err" && [ ! -e "$work/one.cpol" ]
verdict "all that is about it" $? 0
"$COCOAPOLC" import --assume-images --output-dir "$work/both" "$work/two.yaml" >"$work/said" 2>"$work/err"
verdict "of two, one is wrong" $? 1
[ "$(ls "$work/both")" = two.cpol ] && cmp "$work/two.cpol" "$work/both/two.cpol"
verdict "and the other one is written" $? 0
{
	printf 'kind: Pod\napiVersion: v1\nmetadata: { name: bad }\nspec:\n  containers:\n'
	for i in $(seq 25); do echo "  - { name: c$i, image: i, volumeMounts: [{ name: none, mountPath: /x }] }"; done
	printf -- '---\n' && sed '1,/^---/d' "$work/two.yaml"
} >"$work/errors.yaml"
"$COCOAPOLC" import --assume-images --group two -o "$work/two.cpol" "$work/errors.yaml" 2>"$work/err" &&
	! grep -q 'error: \|are shown' "$work/err"
verdict "another one's errors are not counted" $? 0
"$COCOAPOLC" import --assume-images --group bad -o "$work/bad.cpol" "$work/errors.yaml" 2>"$work/err"
[ "$(grep -c 'error:' "$work/err")" -eq 25 ] && ! grep -q 'are shown' "$work/err"
verdict "and of its own none is left out" $? 0

# What is about no group is said of each, wherever it stands.
group() { # NAME
	echo "{ type: Microsoft.ContainerInstance/containerGroups, apiVersion: '2023-05-01', name: $1, location: x, properties: {"
	echo "  osType: Linux, sku: Confidential, containers: [{ name: c, properties: { image: i, resources: {} } }] } }"
}
printf '{ $schema: x, contentVersion: 1.0.0.0, resources: [\n%s,\n{ type: Other/thing, name: x },\n%s ] }\n' \
	"$(group first)" "$(group second)" >"$work/a.yaml"
printf '{ $schema: x, contentVersion: 1.0.0.0, strange: 1, resources: [\n%s ] }\n' "$(group third)" >"$work/b.yaml"
for name in first second third; do
	"$COCOAPOLC" import --assume-images --group $name -o "$work/group.cpol" "$work/a.yaml" "$work/b.yaml" 2>"$work/err" &&
		grep -q "Other/thing' is left out" "$work/err" && grep -q 'b.yaml.*strange is no field' "$work/err" &&
		[ "$(grep -c 'hole in the policy' "$work/err")" -eq 1 ]
	verdict "what is about no group is said of the $name" $? 0
done
sed -i 's/type: Other.thing, //' "$work/a.yaml"
for name in first second third; do
	"$COCOAPOLC" import --assume-images --group $name -o "$work/group.cpol" "$work/a.yaml" "$work/b.yaml" 2>"$work/err"
	[ $? -eq 1 ] && grep -q "has no 'type'" "$work/err"
	verdict "and what is wrong with none, too, for the $name" $? 0
done

# Each policy that comes of a manifest is a good one.
for name in ledger shop report; do
	"$COCOAPOLC" compile -o "$work/$name.cpb" "$work/$name.cpol" && "$COCOAPOLV" prove "$work/$name.cpb" >"$work/said" 2>&1
	verdict "$name is proved" $? 0
	"$COCOAPOLV" reach "$work/$name.cpb" >"$work/said" 2>&1
	verdict "all of $name can run" $? 0
done

# ---- the manifests of others ----

vectors=$COCOAPOL_VECTORS/k8s
if [ ! -d "$vectors" ]; then
	echo "skip - each of 120 manifests is imported or refused as kubernetes.table says: no $vectors"
	exit $status
fi
{
	echo "# What comes of each manifest with --assume-images: imported, with how many groups; with warnings other than"
	echo "# that its images are holes, by name; or refused, and why."
	for source in "$vectors"/*.y*ml; do
		rm -rf "$work/out"
		"$COCOAPOLC" import --assume-images --output-dir "$work/out" "$source" >"$work/said" 2>"$work/err"
		code=$?
		names=$(grep ': warning: ' "$work/err" | grep -v 'what only the image' | sed 's/.*\[\(.*\)\]$/\1/' |
			sort | uniq -c | awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $1, $2 }')
		what="imported $(wc -l <"$work/said")"
		[ -z "$names" ] || what="warnings $(wc -l <"$work/said"): $names"
		[ $code -eq 0 ] || what="refused: $(sed -n 's/.*: error: \(.*\)/\1/p' "$work/err" | head -1)"
		echo "$(basename "$source") $what"
	done
} >"$work/table"
verdict "each manifest is imported or refused as the table says" 0 0 "$srcdir/tests/import/kubernetes.table" "$work/table"
files=$(grep -vc '^#' "$work/table")
refused=$(grep -c ' refused: ' "$work/table")
if [ $((refused * 20)) -le "$files" ] && [ "$files" -ge 120 ]; then
	echo "ok - at most one of twenty is refused: $refused of $files"
else
	echo "not ok - at most one of twenty is refused: $refused of $files"
	status=1
fi
exit $status
