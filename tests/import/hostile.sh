#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Inputs that are made to take long, or much, or the place of others.  What ends
# with a complaint ended: nothing is measured by the clock.
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
status=0

claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; head -5 err; status=1; fi
}
# refuses TEXT CLAIM FILE...: exit status 1, the text is said, and no policy is written.
refuses() {
	text=$1 what=$2
	shift 2
	rm -f out.cpol
	"$COCOAPOLC" import --assume-images -o out.cpol "$@" >log 2>err
	[ $? -eq 1 ] && grep -qF "$text" err && [ ! -e out.cpol ]
	claim $? "$what"
}
pod() { # NAME [NAMESPACE]
	printf '%s\n' --- 'apiVersion: v1' 'kind: Pod' "metadata: { name: \"$1\"${2:+, namespace: $2} }" 'spec:' \
		'  enableServiceLinks: false' '  containers:' '  - { name: c, image: i, command: [x] }'
}
many() { # N FORMAT
	awk -v n="$1" -v f="$2\n" 'BEGIN { for (i = 0; i < n; i++) printf f, i }'
}

# ---- one file for one group ----

{ pod p one; pod p two; pod 'a/b'; pod a_b; pod 'n\0a'; pod alone; } >names.yaml
"$COCOAPOLC" import --assume-images --output-dir names names.yaml >log 2>err
[ $? -eq 1 ] && [ "$(cd names && echo *)" = 'alone.cpol n_a.cpol' ] && [ "$(grep -c 'more than one group' err)" -eq 4 ]
claim $? "no policy is written over another of the same run"
echo 'some: thing' >thing.yaml
pod p >pod.yaml
refuses "no Kubernetes object" "what is no input is an error, though others are inputs" thing.yaml pod.yaml

# ---- what is read as something else ----

cat >comments.yaml <<'END'
{ "apiVersion": "v1", "kind": "Service", "metadata": { "name": "s" } /* a comment } */ }
---
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers:
  - name: c
    image: i
    command:
    - |
      // run
      /* all */ of this
END
"$COCOAPOLC" import --assume-images -o comments.cpol comments.yaml >log 2>err
[ $? -eq 0 ] && grep -qF 'command ["// run\n/* all */ of this\n"]' comments.cpol
claim $? "what looks like a comment of JSON is text in the YAML behind it"
mkfifo pipe.env
echo 'services: { s: { image: i, command: x, env_file: pipe.env } }' >pipe.yaml
refuses "no regular file" "nobody waits for a pipe of variables" pipe.yaml

echo 'services: { s: { image: i, command: x, user: ":5" } }' >user.yaml
"$COCOAPOLC" import --assume-images -o user.cpol user.yaml >log 2>err
[ $? -eq 0 ] && grep -q '^  user 0  ' user.cpol && grep -q '^  group 5  ' user.cpol
claim $? "a group without a user is root's, not anybody's"

{
	pod p | sed '$d'
	echo '  - { name: c, image: i, command: [x], env: [{ name: LD_PRELOAD, valueFrom: { fieldRef: { fieldPath: "metadata.annotations['"'a'"']" } } }] }'
} >annotation.yaml
"$COCOAPOLC" import --assume-images -o annotation.cpol annotation.yaml >log 2>err
[ $? -eq 0 ] && grep -q "annotations\['a'\]' is not in the input: any line of text is allowed" err
claim $? "an annotation that may be any line of text is said to be"

# ---- much of something ----

{ pod p; many 1024 '  - { name: c%d, image: i, command: [x] }'; } >containers.yaml
refuses "at most 1024 containers" "a pod has no thousands of containers" containers.yaml
{ echo 'services:'; many 1025 '  s%d: { image: i, command: x }'; } >services.yaml
refuses "at most 1024 containers" "nor has a compose file" services.yaml
{ pod p; echo '    env:'; many 4097 '    - { name: A%d, value: x }'; } | sed 's/^  - { name: c.*/  - name: c\n    image: i\n    command: [x]/' >env.yaml
refuses "'env' has 4097 members" "nor a container thousands of variables" env.yaml
{ echo 'services:'; echo '  s: { image: i, command: x, env_file: many.env }'; } >env_file.yaml
many 4097 'A%d=x' >many.env
refuses "more than 4096 variables" "nor a file of variables" env_file.yaml
{
	echo 'services:'
	many 8 '  s%d: { image: i, command: x, volumes_from: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b] }' |
		awk '{ gsub(/\*b/, "s" NR); print }'
	echo '  s8: { image: i, command: x, volumes: [/v] }'
} >borrowed.yaml
refuses "more than 4096 times" "volumes are not borrowed a billion times" borrowed.yaml
{ pod p; awk 'BEGIN { s = "$$"; while (length(s) < 200000) s = s s; print "    env: [{ name: A, value: \"" s "\" }]" }'; } |
	sed 's/^  - { name: c.*/  - name: c\n    image: i\n    command: [x]/' >dollars.yaml
"$COCOAPOLC" import --assume-images -o dollars.cpol dollars.yaml >log 2>err
[ $? -eq 0 ] && [ "$(wc -c <dollars.cpol)" -gt 130000 ]
claim $? "a long value full of dollars is read in one go"
{ pod p; many 1500 'field%d: x'; } >fields.yaml
"$COCOAPOLC" import --assume-images -o fields.cpol fields.yaml >log 2>err
[ $? -eq 0 ] && grep -q '1501 warnings, the first 1000 are shown' err
claim $? "of a thousand warnings and more it is said how many there are"
exit $status
