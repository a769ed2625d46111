#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# From a pod or a compose file and an image to a policy that holds and can run,
# and to the layers that it names.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
TMPDIR=$tmp/tmp
export TMPDIR
mkdir "$TMPDIR"
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; head -20 log; status=1; fi
}
has() { # FILE LINE CLAIM: the file has this line, but for what is behind it
	grep -qF -- "$2" "$1"
	claim $? "$3"
}
if ! command -v python3 >/dev/null || ! command -v zstd >/dev/null; then
	echo "skip - pods with images become policies: needs python3 and zstd"
	exit 0
fi
if ! command -v mkfs.erofs >/dev/null || [ "$(id -u)" -ne 0 ]; then
	echo "skip - pods with images become policies: needs mkfs.erofs, and root"
	exit 0
fi
python3 "$srcdir/tests/import/images/make.py" "$tmp/images" >"$tmp/made" || exit 1
cd "$tmp" || exit 2
cat >pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  enableServiceLinks: false
  automountServiceAccountToken: false
  containers:
  - { name: web, image: "shop:1" }
  - { name: pause, image: "shop:1", args: [idle], securityContext: { runAsUser: 5 } }
END
cat >compose.yaml <<'END'
services:
  web: { image: "shop:1" }
  other: { image: "shop:1", command: idle, user: "app:app" }
END
import() { "$COCOAPOLC" import --image "$tmp/images/gzip" "$@" 2>log; }

import --sandbox-image shop:1 pod.yaml -o pod.cpol
claim $? "a pod with its image is imported"
has pod.cpol 'command ["/bin/app", "--name", "a b", "serve"]  # image shop:1' "entrypoint and cmd are the image's"
has pod.cpol 'command ["/bin/app", "--name", "a b", "idle"]' "args stand in place of the cmd"
has pod.cpol 'env TEXT = "x=y é\n"  # image shop:1' "the image's environment is there, byte for byte"
has pod.cpol 'workdir "/srv"  # image shop:1' "and its working directory"
has pod.cpol 'user 2001 name "app"  # image shop:1' "a user has the number that /etc/passwd has for the name"
has pod.cpol 'user 5  # pod.yaml:9' "but for one that the pod names"
has pod.cpol 'signals { 3 9 }  # image shop:1' "the stop signal is the image's"
! grep -q HOLE pod.cpol
claim $? "nothing is a hole"
[ "$(grep -c '^container ' pod.cpol)" -eq 3 ] && has pod.cpol '  sandbox' "a pause container, and one that is called pause"
"$COCOAPOLC" compile pod.cpol -o pod.cpb >log 2>&1 && "$COCOAPOLV" prove pod.cpb >log 2>&1
claim $? "its policy is proved"
"$COCOAPOLV" reach pod.cpb >log 2>&1
claim $? "and all of it can run"

"$COCOAPOLC" layers --image "$tmp/images/gzip" --output-dir layers >made 2>log
claim $? "the layers are made"
salts=$(grep -o 'salt "[0-9a-f]*"' pod.cpol | sort -u | cut -d'"' -f2)
for layer in layers/*; do
	for salt in $salts; do
		"$COCOAPOLC" verity --salt "$salt" "$layer" 2>log | sed -n 's/^  layer *//p'
	done >lines
	grep -qF -f lines pod.cpol
	claim $? "the policy names $(basename "$layer" | cut -c1-20)... by its root hash"
done

import compose.yaml -o compose.cpol
claim $? "a compose file with the image is imported"
has compose.cpol 'exec ["/bin/check"] signals { 9 }  # image shop:1' "the health check is the image's"
[ "$(sed -n '/^container other/,/^}/p' compose.cpol | grep -c '  group ')" -eq 1 ]
claim $? "a group that compose names is the only one"
[ "$(sed -n '/^container web/,/^}/p' compose.cpol | grep -c '  group ')" -eq 3 ]
claim $? "else those that /etc/group lists are added"
"$COCOAPOLC" import pod.yaml >out 2>log
[ $? -eq 1 ] && grep -q 'pod.yaml:8:25: error: .*\[no-image\]' log && [ ! -s out ]
claim $? "without the image nothing is written"
"$COCOAPOLC" compile --image "$tmp/images/gzip" pod.yaml >log 2>&1
[ $? -eq 1 ] && grep -q 'pod.cpol: is there and says something else' log
claim $? "compile does not write over a policy that was edited"
rm pod.cpol
"$COCOAPOLC" compile --image "$tmp/images/gzip" pod.yaml -o again.cpb >log 2>&1 && [ -s again.cpol ] && [ -s again.cpb ]
claim $? "compile of a pod leaves the source beside the bytes"
exit $status
