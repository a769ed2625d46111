#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Images in all forms: what is read of them, who their users are, that layers
# become the same file systems every time, and what is refused.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
TMPDIR=$tmp/tmp
export TMPDIR
mkdir "$TMPDIR"
images=$(cd "$builddir" && pwd)/images
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; head -20 log; status=1; fi
}
if ! command -v python3 >/dev/null || ! command -v zstd >/dev/null; then
	echo "skip - images of all forms are read: needs python3 and zstd"
	exit 0
fi
python3 "$srcdir/tests/import/images/make.py" "$tmp/images" >"$tmp/made" || exit 1
cd "$tmp/images" || exit 2

# prints CLAIM WANTED COMMAND...: these lines are in the output, in this order, and nothing is complained of.
prints() {
	what=$1 want=$2
	shift 2
	"$@" >out 2>log
	result=$?
	echo "$want" | while IFS= read -r line; do grep -qxF -- "$line" out || { echo "# no line: $line"; exit 1; }; done
	[ $? -eq 0 ] && [ $result -eq 0 ] && [ ! -s log ]
	claim $? "$what"
}
# complains NAME TEXT CLAIM COMMAND...: exit status 1, a complaint of this name with this text.
complains() {
	name=$1 text=$2 what=$3
	shift 3
	timeout 60 "$@" >out 2>log
	[ $? -eq 1 ] && grep -E 'error: ' log | grep -F "[$name]" | grep -qF -- "$text"
	claim $? "$what"
}
printf '#!/bin/sh\nexec "%s" -f none "$@"\n' "$images" >"$tmp/read_only"
chmod +x "$tmp/read_only"
PATH=$tmp:$PATH

# ---- configs and names ----
config="workdir '/srv' user 'app' stop 'SIGQUIT'
entrypoint /bin/app
entrypoint --name
entrypoint a b
cmd serve
env PATH=/usr/bin:/bin
env EMPTY=
env TEXT=x=y é
volume /data
health CMD
health /bin/check"
for form in gzip plain zstd docker.tar docker-link.tar; do
	prints "$form: config and names" "name docker.io/library/shop:1
image docker.io/library/shop:1
$config" read_only $form -- shop:1 docker.io/shop:1 index.docker.io/library/shop:1
done
prints "a config alone" "image docker.io/library/shop:latest
$config" read_only shop=config.json -- shop
prints "a name on the command line is the name" "name docker.io/me/other:2
none shop:1
image docker.io/me/other:2" read_only me/other:2=gzip -- shop:1 me/other:2
prints "all tags of a docker archive" "name docker.io/library/shop:1
name localhost/shop:latest" read_only docker.tar -- localhost/shop
for form in nested nested.tar nested.tar.gz; do
	prints "$form: linux/amd64 of indexes in an index, and a second image" "name registry.example:5000/team/nested:2
name docker.io/library/second:latest
image registry.example:5000/team/nested:2
image docker.io/library/second:latest" read_only $form -- registry.example:5000/team/nested:2 second
done
prints "the one of that name is taken" "name docker.io/library/second:latest" read_only second=nested -- second
complains bad-image "none is named 'docker.io/library/third:latest'" "or none, if several are there" read_only third=nested
prints "the only image needs no name of its own" "name docker.io/library/x:latest" read_only x=unnamed -- x
prints "an index of platforms given by name" "name docker.io/library/x:latest" read_only x=platforms -- x
digest=$(awk '/^nested/ { print $2 }' "$tmp/made")
manifest=$(jq -r '.manifests[0].digest[7:]' gzip/index.json)
prints "a digest in a reference is the manifest's" "image docker.io/library/shop:1" read_only gzip -- "shop:1@sha256:$manifest"
prints "whatever the tag says" "image docker.io/library/shop:1" read_only gzip -- "example.org/shop@sha256:$manifest"
complains wrong-digest "is wanted" "another digest is another image" read_only gzip -- "shop:1@sha256:$(printf '0%.0s' $(seq 64))"
complains wrong-digest "nothing here says" "a docker archive has no such digest" read_only docker.tar -- "shop:1@$digest"
prints "unless it was given with one" "image docker.io/library/shop:1@$digest" read_only "shop:1@$digest=docker.tar" -- "shop:1@$digest"
prints "what was not given is not there" "none nginx" read_only gzip -- nginx
complains duplicate-name "was given before" "two images of one name" read_only gzip zstd
complains no-image "has no name" "an image without a name needs one" read_only bad/docker-untagged.tar
complains no-image "NAME=config.json" "a config alone needs a name" read_only config.json
complains no-image "No such file" "a missing file" read_only a=missing.tar
complains bad-value "is no image's name" "a name that is none" read_only "a b=gzip"
cp -r gzip 'with=sign'
prints "a path may have '='" "name docker.io/library/shop:1" read_only with=sign

# ---- users ----
users() { # CLAIM IMAGE USER WANTED [USER WANTED]...
	what=$1 image=$2
	shift 2
	want=
	words=
	while [ $# -gt 0 ]; do
		want="$want
user '$1' $2"
		words="$words +$1"
		shift 2
	done
	# shellcheck disable=SC2086
	prints "users: $what" "${want#?}" read_only "x=$image" -- x $words
}
users "names and numbers" gzip '' '0:0 root:root 50' app '2001:1002 app:app 50 51' 7 '7:8 number:' 77 '77:0 :root' \
	app:extra '2001:50 app:extra named 50 51' app:4 '2001:4 app: named 50 51' 7:app '7:1002 number:app named' \
	nobody unknown app:nogroup unknown 99999999999 unknown
users "without layers numbers are numbers" config.json '' '0:0 :' 5:6 '5:6 : named' 5 unknown app unknown 5:app unknown
users "the topmost file counts" users-top app '3:4 app: 50 51'
users "a whiteout takes the file away" users-whiteout app unknown 5 '5:0 :root' 0:extra '0:50 :extra named'
users "or its directory" users-whiteout-etc app unknown 0:extra unknown 5 '5:0 :'
users "an opaque directory hides what is below" users-opaque-etc app unknown 7:app '7:9 :app named'
users "so does an opaque root, but not its own" users-opaque-root app '5:6 app:' 0:extra unknown
users "and a file in place of the directory" users-file-etc app unknown
users "nobody follows a link" users-link app unknown 5 unknown 0:extra '0:50 :extra named'
users "a device is a whiteout" users-device app unknown 5 '5:0 :root'
users "whiteouts of other files change nothing" users-unrelated app '1001:1002 app:app 50 51'
users "lines that are none are passed over" users-bad app unknown root unknown 5 '5:0 :root'

# ---- what is refused ----
cd bad || exit 2
refused() { # FORM NAME TEXT
	complains "$2" "$3" "refused: $1" read_only bad:1="$1" -- bad:1
}
refused wrong-blob wrong-digest "the layer's file has the digest"
refused cut-blob bad-image "truncated gzip"
refused wrong-diff-id wrong-digest "the config wants"
refused no-layout bad-image "neither an OCI layout"
refused no-index bad-image "has no file 'index.json'"
refused version bad-image "no image layout of version 1"
refused no-json syntax ""
refused no-manifests missing-field "no 'manifests'"
refused empty-index bad-image "holds no image"
refused list-index bad-image "holds no image"
refused string-descriptor bad-image "this is a string"
refused no-digest missing-field "no 'digest'"
refused path-digest bad-value "64 hexadecimal"
refused sha512 bad-value "64 hexadecimal"
refused missing-manifest bad-image "has no file 'blobs/"
refused deep-json too-deep ""
refused deep-index too-deep "indexes in one another"
refused no-platform bad-image "of 2 images none is for linux/amd64"
refused empty-nested bad-image "an index without an image"
refused count bad-image "2 layers, the image's config 1"
refused encrypted refused "encrypted"
refused no-config missing-field "no 'config'"
refused layers-type bad-value "'layers' should be a list"
refused cut-gzip bad-image "truncated gzip"
refused no-tar bad-image "Unrecognized"
refused huge-file limit "too large"
refused empty-layer bad-image ""
refused windows refused "the guest runs Linux"
refused entrypoint-type bad-value "'Entrypoint' should be a list"
refused env-type bad-value "a string is wanted"
refused nul bad-value "NUL"
refused diff-id bad-value "a diff_id is"
refused no-rootfs missing-field "no 'rootfs'"
refused list-config bad-image "this is a list"
refused many-layers limit "more than 256 layers"
refused empty.tar bad-image "empty archive"
refused other.tar bad-image "neither an OCI layout"
refused up.tar refused "'../outside' has '..' in it"
refused cut.tar bad-image "Truncated"
refused text bad-image "no tar archive"
refused pipe bad-image "neither a file nor a folder"
refused docker-path.tar refused "has '..' in it"
refused docker-map.tar bad-image "a list of images"
refused docker-tag.tar bad-value "no image's name"
refused docker-missing.tar bad-image "has no file 'missing.tar'"
refused docker-config.tar wrong-digest "has the digest"
refused refused-up refused "'../outside' has '..'"
refused refused-up-inside refused "has '..'"
refused refused-absolute refused "is absolute"
refused refused-long-path refused "is too long"
grep -q '^refused-absolute.*:[0-9]*:[0-9]*: error' log || "$images" -f none refused-absolute -- bad:1 2>&1 |
	grep -q '^refused-absolute/blobs/sha256/[0-9a-f]*:[0-9]*:[0-9]*: error'
claim $? "a layer's fault is told at its descriptor"
ls -A "$TMPDIR" >log
[ ! -s log ]
claim $? "nothing temporary stays"
cd .. || exit 2

# ---- file systems ----
as_root=
[ "$(id -u)" -eq 0 ] || as_root=fakeroot
if ! command -v mkfs.erofs >/dev/null && [ ! -x /usr/sbin/mkfs.erofs ]; then
	echo "skip - layers become file systems: needs erofs-utils"
	complains bad-image "erofs-utils" "without the tool that is said" "$images" gzip -- shop:1
	exit $status
elif [ -n "$as_root" ] && ! command -v fakeroot >/dev/null; then
	echo "skip - layers become file systems: needs root or fakeroot"
	complains bad-image "takes root" "without root that is said" "$images" gzip -- shop:1
	exit $status
fi
layers() { $as_root "$images" "$@" 2>log | grep '^layer'; }
layers gzip -- shop:1 >first
mkdir other
sleep 1
TMPDIR=$PWD/other layers zstd -- shop:1 >second
[ "$(wc -l <first)" -eq 2 ] && cmp first second >log
claim $? "the same layers have the same root hashes, in another folder and a second later"
if [ -d /dev/shm ] && [ -w /dev/shm ] && shm=$(mktemp -d /dev/shm/cocoapol.XXXXXX); then
	TMPDIR=$shm layers docker.tar -- shop:1 >second
	rm -rf "$shm"
	cmp first second >log
	claim $? "and on another file system, out of another archive"
else
	echo "skip - and on another file system: /dev/shm is not writable"
fi
if [ -n "${SANITIZERS:-}" ]; then
	echo "skip - and under fakeroot: the sanitizers want to be loaded before it"
elif [ -z "$as_root" ] && command -v fakeroot >/dev/null; then
	fakeroot "$images" plain -- shop:1 2>log | grep '^layer' >second
	cmp first second >log
	claim $? "and under fakeroot"
fi
mkdir kept
layers -k kept gzip -- shop:1 >second
cmp first second >log && [ "$(find kept -name 'sha256-*.erofs' | wc -l)" -eq 2 ] && [ "$(find kept -type f | wc -l)" -eq 2 ]
claim $? "the images are kept where that is wanted"
while read -r _ diff_id root blocks salt fs; do
	"$COCOAPOLC" verity --salt "$salt" "kept/sha256-${diff_id#sha256:}.$fs" >log &&
		grep -qF "verity erofs sha256:$root blocks $blocks salt \"$salt\"" log
	claim $? "and hash as was told"
done <first
layers -s 00ff gzip -- shop:1 >second
awk 'NR == FNR { root[$2] = $3; next } $5 != "00ff" || root[$2] == $3 { bad = 1 } END { exit bad || FNR != 2 }' first second
claim $? "a salt for all changes all"
layers -f ext4 gzip -- shop:1 >second
if command -v mke2fs >/dev/null || [ -x /usr/sbin/mke2fs ]; then
	TMPDIR=$PWD/other layers -f ext4 zstd -- shop:1 >third
	[ "$(wc -l <second)" -eq 2 ] && cmp second third >log && ! cmp -s first second
	claim $? "ext4: the same layers have the same root hashes, in another folder"
	if [ -d /dev/shm ] && [ -w /dev/shm ] && shm=$(mktemp -d /dev/shm/cocoapol.XXXXXX); then
		TMPDIR=$shm layers -f ext4 docker.tar -- shop:1 >third
		rm -rf "$shm"
		cmp second third >log
		claim $? "ext4: and on another file system, out of another archive"
	fi
	layers -f ext4 -k kept gzip -- shop:1 >third
	for image in kept/*.ext4; do
		PATH=$PATH:/usr/sbin e2fsck -fn "$image" >log 2>&1
		claim $? "ext4: e2fsck finds nothing wrong"
	done
else
	echo "skip - layers become ext4: needs e2fsprogs"
fi
complains bad-image "erofs or ext4" "other file systems are not made" $as_root "$images" -f btrfs gzip -- shop:1
layers users-top -- u:1 | head -1 >second
head -1 first | cmp - second >log
claim $? "a layer in two images is one"
"$images" attributes -- attributes:1 >out 2>log
[ -n "$as_root" ] || { grep -qF 'warning: ' log && grep -qF 'several attributes' log; }
claim $? "attributes that have no order are warned of"

hidden() { # FORM NAME TEXT
	complains "$2" "$3" "refused: $1" $as_root "$images" bad/"$1" -- bad:1
}
hidden refused-through-link refused "'a': a file is to be written through this link"
hidden refused-through-link-deep refused "'d/a': a file is to be written through this link"
hidden refused-below-file refused "no directory"
hidden refused-hard-up refused "a name outside"
hidden refused-hard-absolute refused "a name outside"
hidden refused-hard-through-link refused "through this link"
hidden refused-hard-missing bad-image "not in this layer"
hidden refused-whiteout-through-link refused "'a': a file is to be written through this link"
hidden refused-whiteout-dot refused "whiteout of nothing"
hidden refused-whiteout-up refused "whiteout of nothing"
hidden refused-whiteout-empty refused "whiteout of nothing"
hidden refused-root-file refused "the root is no directory"
hidden refused-long bad-image "Could not stat"
hidden refused-up refused "has '..'"
hidden wrong-diff-id wrong-digest "the config wants"
ls -A "$TMPDIR" >log
[ ! -s log ] && [ ! -e /tmp/outside ] && ! find / -xdev -name outside -newer "$tmp/made" -not -path '/proc/*' 2>/dev/null | grep -q .
claim $? "nothing was written outside, and nothing temporary stays"
if [ -z "$as_root" ]; then
	open=$(mktemp -d /tmp/cocoapol.XXXXXX)
	cp -r "$images" gzip "$open" && chmod -R a+rX "$open"
	complains bad-image "takes root" "without root that is said" \
		setpriv --reuid 65534 --clear-groups env TMPDIR=/tmp "$open/images" "$open/gzip" -- shop:1
	rm -rf "$open"
fi
mkdir bin
printf '#!/bin/sh\necho "no space, say"; exit 3\n' >bin/mkfs.erofs
chmod +x bin/mkfs.erofs
PATH=$PWD/bin:$PATH complains bad-image "failed with status 3" "a tool that fails is shown" $as_root "$images" gzip -- shop:1
grep -q 'no space, say' log
claim $? "with what it said"
mkdir killed
printf '#!/bin/sh\nexec sleep 60\n' >bin/mkfs.erofs
TMPDIR=$PWD/killed PATH=$PWD/bin:$PATH "$images" gzip -- shop:1 >out 2>log &
killed=$! tries=0
while ! pgrep -P $killed -x sleep >sleeper && [ $tries -lt 600 ]; do tries=$((tries + 1)); sleep 0.1; done
[ -n "$(find killed -name passwd)" ]
claim $? "what is made is in a temporary folder meanwhile"
kill -KILL $killed
xargs kill <sleeper
tries=0
while [ -n "$(ls killed)" ] && [ $tries -lt 100 ]; do tries=$((tries + 1)); sleep 0.1; done
[ -z "$(ls killed)" ]
claim $? "which does not outlive a process that is killed"
TMPDIR=$PWD/killed timeout 60 $as_root "$images" -t gzip -- shop:1 >out 2>log && [ -z "$(ls killed)" ]
claim $? "nor its process where there are two"
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
	eval "TMPDIR=\$PWD/killed timeout 60 $as_root \"\$images\" -f erofs gzip -- shop:1 $closed" && [ -z "$(ls killed)" ]
	claim $? "without standard streams ($closed) it is made and removed all the same"
	rm -rf killed/*
done >claims 2>log
grep -E "^(not )?ok" claims
! grep -q '^not' claims || status=1

# ---- as a kernel sees them ----
mkdir mnt
base=kept/sha256-$(awk 'NR == 1 { print substr($2, 8) }' first).erofs
top=kept/sha256-$(awk 'NR == 2 { print substr($2, 8) }' first).erofs
listing() {
	python3 - "$1" <<'END'
import os, stat, sys
os.chdir(sys.argv[1])
for root, folders, files in os.walk("."):
    for name in sorted(files + folders + ([""] if root == "." else [])):
        path = os.path.normpath(os.path.join(root, name))
        st = os.lstat(path)
        attributes = sorted(os.listxattr(path, follow_symlinks=False))
        if path.startswith(("deep/", "nnn")):
            continue
        print(stat.filemode(st.st_mode), st.st_nlink if stat.S_ISREG(st.st_mode) else "-", st.st_uid, st.st_gid,
              st.st_size if stat.S_ISREG(st.st_mode) else "-", st.st_mtime, st.st_rdev, path,
              *([os.readlink(path)] if stat.S_ISLNK(st.st_mode) else []), *attributes)
END
}
if ! mount -o loop,ro "$base" mnt 2>log; then
	echo "skip - a kernel sees the layer's files: it takes root and EROFS in the kernel"
	exit $status
fi
listing mnt >got
umount mnt
cat >want <<'END'
drwxr-xr-x - 0 0 - 1000000000.25 0 .
drwxr-xr-x - 0 0 - 0.0 0 deep
drwxrwxrwt - 0 0 - 5.0 0 tmp
drwxr-xr-x - 0 0 - 1000000000.25 0 etc
-rwxr-xr-x 2 0 0 300010 1000000000.25 0 bin/app
-rwxr-xr-x 2 0 0 300010 1000000000.25 0 bin/second
-rwsr-xr-x 1 5 70000 1 1000000000.25 0 bin/set user.note
-rw-r--r-- 1 0 0 1 1000000000.25 0 bin/ping security.capability
lrwxrwxrwx - 0 0 - 1000000000.25 0 link /etc/passwd
lrwxrwxrwx - 0 0 - 1000000000.25 0 up ../../..
crw-rw-rw- - 0 0 - 1000000000.25 259 dev/null
prw-r--r-- - 0 0 - 1000000000.25 0 dev/pipe
-rw-r--r-- 1 0 0 1 1000000000.25 0 naïve ☃
-rw-r--r-- 1 0 0 0 1000000000.25 0 empty
END
grep -vxFf got want >log
[ ! -s log ]
claim $? "owners, modes, times, links, devices and attributes are the layer's"
if mount -o loop,ro "${base%.erofs}.ext4" mnt 2>log; then
	listing mnt >got
	umount mnt
	sed 's/\.25 / /; s/\(00000000\) /\1.0 /' want >whole
	grep -vxFf got whole >log
	[ ! -s log ] && ! grep -q 'lost+found' got
	claim $? "of ext4, too, with times of whole seconds"
else
	echo "skip - of ext4, too: it takes a kernel with ext4"
fi
mount -o loop,ro "$top" mnt
listing mnt | sort >got
umount mnt
sort >want <<'END'
drwxr-xr-x - 0 0 - 0.0 0 .
drwxr-xr-x - 0 0 - 1000000000.25 0 again trusted.overlay.opaque
drwxr-xr-x - 0 0 - 0.0 0 bin
c--------- - 0 0 - 0.0 0 bin/second
drwxr-xr-x - 0 0 - 1000000000.25 0 etc
-rw-r--r-- 1 0 0 86 1000000000.25 0 etc/passwd
c--------- - 0 0 - 0.0 0 gone
drwxr-xr-x - 0 0 - 1000000000.25 0 hidden trusted.overlay.opaque
-rw-r--r-- 1 0 0 1 1000000000.25 0 hidden/new
drwxr-xr-x - 0 0 - 0.0 0 opt
drwxr-xr-x - 0 0 - 0.0 0 opt/a
drwxr-xr-x - 0 0 - 0.0 0 opt/a/b
-rw-r--r-- 1 0 0 1 1000000000.25 0 opt/a/b/file
-rw-r--r-- 1 0 0 1 1000000000.25 0 stays
END
diff want got >log
claim $? "whiteouts are overlayfs's, and nothing else is there"
mkdir lower upper merged
mount -o loop,ro "$base" lower && mount -o loop,ro "$top" upper &&
	mount -t overlay overlay -o lowerdir=upper:lower merged 2>log && {
	(cd merged && find . -mindepth 1 -maxdepth 2 | sort) >got
	umount merged
}
umount lower upper 2>/dev/null
[ -s got ] && grep -qx ./hidden/new got && grep -qx ./etc/group got && ! grep -qE '^\./(gone|hidden/old|bin/second)' got
claim $? "overlayfs shows the image"
exit $status
