#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cocoapolc verity: root hashes that veritysetup computed once for these very
# bytes, and where it is installed, the same again and more by veritysetup itself.
#
# UPDATE=1 prints the fixed vectors anew.
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2
claim() { # RESULT CLAIM
	if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; cat log 2>/dev/null; status=1; fi
}

data() { # BYTES: no two blocks are the same
	seq 100000000 109999999 | head -c "$1" >image
}
salt_of() { # BYTES: 00 01 02 ...
	seq 0 255 | head -n "$1" | while read -r byte; do printf '%02x' "$byte"; done
}
ours() { "$COCOAPOLC" verity --salt "$1" image 2>log | awk '/^  root hash/ { root = $3 } /^  blocks/ { print root, $2 }'; }
theirs() {
	rm -f hash
	veritysetup format --salt="${1:--}" image hash 2>log |
		awk '/^Data blocks:/ { n = $3 } /^Root hash:/ { print $3, n }'
}

# Bytes, bytes of salt, root hash, blocks.  1: no hash block; 128, 16384: full levels.
vectors() {
	cat <<'END'
4096 0 e7ec25df329019732002d85787b5564274d87482114436fccf87cabd779ceecf 1
4096 1 06a0f0c846929f9312e5b00719f7b3acacd433f7195df3d61f932b2f3a98dcfd 1
4096 32 9cf01621b21bb447a59e8a03ed50f562a0f55a8f51bc215ad0f145929c50debb 1
4096 63 4b0cb94606b22a6e63760454f93add164029ca31d93ec6d2053a0b5b5891e62c 1
4096 64 640b74dca7a10c4d2843de4626440296a74244e7cacdbd5fb90dff7d5fc0d7f5 1
4096 256 5a1fcf898872fe85af427f9bb07d586529a2f202635371e4d10eff653140afb3 1
4097 0 e7ec25df329019732002d85787b5564274d87482114436fccf87cabd779ceecf 1
4097 1 06a0f0c846929f9312e5b00719f7b3acacd433f7195df3d61f932b2f3a98dcfd 1
4097 32 9cf01621b21bb447a59e8a03ed50f562a0f55a8f51bc215ad0f145929c50debb 1
4097 63 4b0cb94606b22a6e63760454f93add164029ca31d93ec6d2053a0b5b5891e62c 1
4097 64 640b74dca7a10c4d2843de4626440296a74244e7cacdbd5fb90dff7d5fc0d7f5 1
4097 256 5a1fcf898872fe85af427f9bb07d586529a2f202635371e4d10eff653140afb3 1
8191 0 e7ec25df329019732002d85787b5564274d87482114436fccf87cabd779ceecf 1
8191 1 06a0f0c846929f9312e5b00719f7b3acacd433f7195df3d61f932b2f3a98dcfd 1
8191 32 9cf01621b21bb447a59e8a03ed50f562a0f55a8f51bc215ad0f145929c50debb 1
8191 63 4b0cb94606b22a6e63760454f93add164029ca31d93ec6d2053a0b5b5891e62c 1
8191 64 640b74dca7a10c4d2843de4626440296a74244e7cacdbd5fb90dff7d5fc0d7f5 1
8191 256 5a1fcf898872fe85af427f9bb07d586529a2f202635371e4d10eff653140afb3 1
8192 0 04d52afb92f26bb532d35f6137a2930bbb01faa09be1e0482b0305ff9022dc44 2
8192 1 160de7a7bc16837b6d6aa85c2d20c40673d15228205594b75a448d1410671c0f 2
8192 32 dfe818c6a56fb426faed2be4eeb199b339ce0357bbc80719f67e9c618490b39d 2
8192 63 56d6e48b0085061c5649238ef17400464239fa05fa494881c0aec391f7213d7e 2
8192 64 0938e407b9eb8d75cd9a4f477896159df55ceff9387d279165990b86384f291c 2
8192 256 d251ac8a82ee1ba0a5b92fd7e9cd5b358ab89fbcfb414a094679b1c72ce40f6d 2
12288 0 89c3bca8a8f84d3cf008f0c114ff3fd7005a96bb3ab8d5b6c8b8cf051f295665 3
12288 1 5741fc05ff6fdafc7edae35404e8724d28bd50f1bc2479ca0a8ac255748c1cd5 3
12288 32 6d9f613cc3f4a9fdcaf48ec266bdbd02ff39fda59d3cb436ac06c3e1d3333f4c 3
12288 63 a6c56e450eab5bb4749dfbbdc0baa0f021372bd04390a07039044f986f9a8065 3
12288 64 d31479b5aa27cb351a2a4940dbb4c8e3a6fe3d9d959cc04d4e18f3881d582fc8 3
12288 256 8166afd8f7f15ca44f9c00c2625e711d3c5c0804254103493bfbd53a7693bfce 3
516096 0 a3e59f56fad3620b04f06be3bc7e4b6dc5a0348715f60101958252b4f6a8bde7 126
516096 1 e40231ef3d1298e6a84d49157efb2d59e91155e0156b9d9ef6720e0ae53840b2 126
516096 32 af0ddaf4cb24d97a26c670f891131edd018d49680e44ffb1e6ed6cc0d598b629 126
516096 63 5a1901be6932c768a4dd9737988a08baff295d3cf83fb1e4e6713ba519eee1f7 126
516096 64 e1fcb22a9cf66f70af074945f93a8e5afcd85675129958fb1ab6d64057fec17e 126
516096 256 f684b63f3812119a8266798c7d6e7d2e111931fc344e6ca583f1faf4d4a9e97a 126
520192 0 2b99c0c714a972e88e764ee0533b2b45eb463e334793c43e3801222210be862e 127
520192 1 4116fffb6aa81d6dc62d9470b16a4c4810285daf0266331e4897761ce6dcd49f 127
520192 32 e9f13e53282ebb7edf6b6d375d668c40ff976fc868139bd5fcc07d54aa3b2f29 127
520192 63 274c20251edda1142554adf0f8e1418ea9ddde1756bf64afc5185712d5f0e803 127
520192 64 0e0278d2252a87663879189a4ce9616f0290ed54a36b1409c7f79d1540db3d62 127
520192 256 23a3decef8d9f7dfc76d9f915536e2ccf49a862fa4be2e84fe53120a29e0e687 127
524288 0 f0f5e1769853b6703fb9a4cb043c857ffb7a8b60b3e21a76a470584af4bcb4a3 128
524288 1 b85ebef594bb9ecf1ec59e57a45bdc96ceff192a65526872c1cd80efc8d378ee 128
524288 32 c022d15c9f2b82692baf3465078cc69aeb171bc8c4f3c72127df1a580023f96a 128
524288 63 60c2c73fcbf05c85dea12d8e63c750707b7051209db33f5b886321bfeb4e42c7 128
524288 64 5b379bd3e841a092a0abadf37146c2e17e5c88b1aa920868d6e4b19076401aa6 128
524288 256 b09046f0ed6a27b823e704a63e94f7a243ce295f903a364cb76131b4920a0757 128
528384 0 182ab83069a8223fef05ec5e10546ce78fbe3202071923e277bcdc1ba3d1b045 129
528384 1 bdb4c5ea9edfc6abe6416bfcf5e2240a152993a5ff722fc8b971fb3905c6f328 129
528384 32 ddf9967292bfa44f6c65eb05b5e4698fbd87a0c3a6115978e92e14f90a2c3d6f 129
528384 63 2a081e9693293436ca6c48e968bcc4d799f2306df8e44c4d12b12db65f73357e 129
528384 64 5921ceb7c89888c8344ac96c756456ca63381b4d7860e646df69308e01e820c3 129
528384 256 b048e43243f0994f07fb90dfc787f14ec770406a705182f0c6d9a527bd47da52 129
528385 0 182ab83069a8223fef05ec5e10546ce78fbe3202071923e277bcdc1ba3d1b045 129
528385 1 bdb4c5ea9edfc6abe6416bfcf5e2240a152993a5ff722fc8b971fb3905c6f328 129
528385 32 ddf9967292bfa44f6c65eb05b5e4698fbd87a0c3a6115978e92e14f90a2c3d6f 129
528385 63 2a081e9693293436ca6c48e968bcc4d799f2306df8e44c4d12b12db65f73357e 129
528385 64 5921ceb7c89888c8344ac96c756456ca63381b4d7860e646df69308e01e820c3 129
528385 256 b048e43243f0994f07fb90dfc787f14ec770406a705182f0c6d9a527bd47da52 129
532480 0 0685f7052edef6d06dd44cc39fcf85707570f45b8ef029bd9a0a9d20db759139 130
532480 1 477b4d154b5fa03e03f8681e234b1e138ab9ef493d934fb58fc7e606cc7eaeee 130
532480 32 70c20e4280982f7391ef510684bc77e0c775cfa2d867c0d44a61777b0cae4118 130
532480 63 0a9d9a70325eeefb9809c6af661ff4c67b5e9bfb05168630936ea57031ade255 130
532480 64 b774307a71c62d6a4713742e898ddbeded395a5a62d4247c26dfb2aaa5887178 130
532480 256 cbd972d6d1949d8725e7f92558bdd323a52c77bea805792d8b6d893438cba31e 130
1044480 0 d923c6b1ee5fc2f18657105c5625f88d5c26de06475d4c0aeabb0d2a054bf439 255
1044480 1 3b65278fc2ce328ed3bda41289b4447a3a50c6c6f09855452fb3c5e173ab9ddd 255
1044480 32 a311becbce5ab2f6c26a77b1bfd8e3ba0b8332ea651a6f22df04010d693a865e 255
1044480 63 75813abcc01a32b921485d0a326171e0185ef85a945a30de852399be70cebae1 255
1044480 64 f8f707620aae41ec428c6590710621b43792da6a82632744a171efe8477f6113 255
1044480 256 6a0aae1c4961f8cbdd86ac7e4489402a8d765544a7d0999334f9cfab5840eaaf 255
1048576 0 88aef56961286b802bf2dc5b400d8aaa4d0bf9ee4db9f3e867c0c4af972a62e8 256
1048576 1 67507c7381deea0c9bdd016325cc354cfd59aae9fc8aa39b3505c9d1d2307fa9 256
1048576 32 8ee9e1e9c1195c0724a62b49ffe443cd4f2b5fc6b6a7672a8abb3d7bd51e1252 256
1048576 63 674da57d74570095deb70499f7a9491ec6723389cec9089001f9d4afb14cf0af 256
1048576 64 72775f6573dbe5ba9d06a24795cb8f67bc053341ec72771ab3e6cd071993c3ff 256
1048576 256 3095b42350f385cc902a682636f314a70ca5386cc7a3742781490dde842fe483 256
1052672 0 93311a70f5ff8922c2e8e4309a3035e30987a87b87fdc739cbde4625c0f590b0 257
1052672 1 ccd309fd24e095800220ba59b84bb8dbd19775cc6394548801e8406815ae6afb 257
1052672 32 c69b8eb8c8866b1f00ca39a26d6c468f216d74113ed69ceb45512555ed4af071 257
1052672 63 2cff918add6c5753cce991c71ea3058f0f0f3b2dae48e89fb13e10c3aa40c049 257
1052672 64 1aa087e83d16a1b5b675c7f9ef203341e0031f5f7ae299fba632f7fabf65d259 257
1052672 256 f273b828b72283eec16f20f70f42c7446c8462d06e772c05a0aca3f0f90a4631 257
4096000 0 19cd3d7aaa560e5b4e854fd14f00d747f1c61456f9611ba0f70c937a7f597818 1000
4096000 1 c3edb88ea6b479ac159de1efcf09f5fc1074c2a618802569a7946bf7b50b7edd 1000
4096000 32 1563dd4349e8b1c07a6f11f3be9efa3d0c05ba9056eefc858969d4a6ffa3cde9 1000
4096000 63 dab81f9a50b3219aff30744cd3d6c5cae4c3f24230de35d4eb471b4357b6f19b 1000
4096000 64 24dce8e44ee7589db7b02c256517af2e256e19c4fa41313e55087a892d8f9ede 1000
4096000 256 eef1266a9d559b2c712c17d0c056158c26fb753233bb0d42fec529ca2605b14f 1000
5000000 0 83ffa3ae285d17824dd63c4cd8dee8ae7a2b04b21fab6b3d36ffa600f2e88d06 1220
5000000 1 e455251d45c58503075d6b42f33cc86e0836f0c961f2d652ead5dd2676584d0e 1220
5000000 32 187fa22f2c0b6648deb101799a035768eeac4b4bcc65ae1dec0960ac3102fa36 1220
5000000 63 a544652ef75f14ee8555e8aa48f54216e0511ceab1892bb030f5a6cc9f9956b9 1220
5000000 64 e271f962d58368d2182295f8caa4f474422404fc9907b1ec05ba0323efb35a86 1220
5000000 256 e0241040b33962e3dd8d546356731c8fc6afaf62ac5d259ecf4437c0920dffc2 1220
10000000 32 5a999baed2a34fc23c70947a187b3336d0815f69cd3b34843dbdf415afa32bbd 2441
67108864 32 dc6515be8d431c7802c42e84ba5f6880626d868206a89ec1bff198a37fade869 16384
67112960 32 060243e1decf22970c533656a5aeb6c84ed79a6484f2c231152dba7813f3c200 16385
67637248 32 ff4aea22eaf1f641447ab5638655cabf5cd515083691399dfb3111a75221c524 16513
END
}
sizes="4096 4097 8191 8192 12288 $((126 * 4096)) $((127 * 4096)) $((128 * 4096)) $((129 * 4096)) $((129 * 4096 + 1))
$((130 * 4096)) $((255 * 4096)) $((256 * 4096)) $((257 * 4096)) $((1000 * 4096)) 5000000 10000000 $((16384 * 4096))
$((16385 * 4096)) $((16513 * 4096))"

if [ -n "${UPDATE:-}" ]; then
	for size in $sizes; do
		data "$size"
		for n in 0 1 32 63 64 256; do
			[ "$size" -lt 10000000 ] || [ $n -eq 32 ] || continue
			echo "$size $n $(theirs "$(salt_of $n)")"
		done
	done
	exit
fi

vectors >all
wrong=0 last=
while read -r size n root blocks; do
	[ "$size" = "$last" ] || data "$size"
	last=$size
	got=$(ours "$(salt_of "$n")")
	[ "$got" = "$root $blocks" ] || { wrong=1; echo "# $size bytes, salt of $n: $got, wanted $root $blocks"; }
done <all
[ "$wrong" -eq 0 ] && [ "$(wc -l <all)" -ge 60 ]
claim $? "$(wc -l <all) root hashes of $(cut -d' ' -f1 all | sort -u | wc -l) images are those of veritysetup, as recorded"

if command -v veritysetup >/dev/null; then
	wrong=0 n_images=0
	for size in $sizes; do
		data "$size"
		n_images=$((n_images + 1))
		for n in 0 1 32 256; do
			[ "$size" -lt 1100000 ] || [ $n -eq $((n_images % 2 * 32)) ] || continue
			salt=$(salt_of $n)
			got=$(ours "$salt") want=$(theirs "$salt")
			[ -n "$want" ] && [ "$got" = "$want" ] || { wrong=1; echo "# $size bytes, salt of $n: $got, wanted $want"; }
		done
	done
	claim $wrong "$n_images images hash as with veritysetup here"
else
	echo "skip - images hash as with veritysetup here: needs cryptsetup-bin"
fi

gives() { # STATUS TEXT CLAIM COMMAND...
	want=$1 text=$2 what=$3
	shift 3
	timeout 60 "$@" >log 2>&1
	got=$?
	[ "$got" -eq "$want" ] && { [ -z "$text" ] || grep -qF -- "$text" log; }
	claim $? "$what"
}
data 8192
gives 0 'verity sha256:' "what is no file system has a line without one" "$COCOAPOLC" verity image
gives 0 'salt "00ff"' "a salt is written as a policy has it" "$COCOAPOLC" verity --salt 00FF image
gives 0 'salt       -' "no salt is '-', as for veritysetup" "$COCOAPOLC" verity --salt - image
gives 2 'at most 256 bytes' "a salt of 257 bytes is refused" "$COCOAPOLC" verity --salt "$(salt_of 256)00" image
gives 2 'hexadecimal' "a salt of half a byte is refused" "$COCOAPOLC" verity --salt abc image
gives 2 'hexadecimal' "a salt that is not hexadecimal is refused" "$COCOAPOLC" verity --salt zz image
gives 2 'one file or more' "no file is no answer" "$COCOAPOLC" verity
: >empty
gives 1 'no whole block' "an empty file has no root hash" "$COCOAPOLC" verity empty
head -c 4095 image >short
gives 1 'no whole block' "nor has less than a block" "$COCOAPOLC" verity short
head -c 8191 image >partial
gives 0 'last 4095 bytes' "a part of a block at the end is warned of" "$COCOAPOLC" verity partial
gives 2 'missing' "a missing file is named" "$COCOAPOLC" verity missing
gives 2 'directory' "a directory is refused" "$COCOAPOLC" verity .
mkfifo pipe
gives 1 'neither a file nor' "a pipe is refused at once" "$COCOAPOLC" verity pipe
gives 2 'root hash' "what can be hashed is, beside what cannot" "$COCOAPOLC" verity missing image

mark() { # OFFSET BYTES: only the superblock's mark
	head -c 8192 /dev/zero >image
	printf "$2" | dd of=image bs=1 seek="$1" conv=notrunc 2>/dev/null
}
mark 1024 '\342\341\365\340'
gives 0 'verity erofs sha256:' "EROFS is recognized" "$COCOAPOLC" verity image
mark 1080 '\123\357'
gives 0 'verity ext4 sha256:' "ext4 is recognized" "$COCOAPOLC" verity image
mark 0 XFSB
gives 0 'verity xfs sha256:' "XFS is recognized" "$COCOAPOLC" verity image
mark 0 hsqs
gives 0 'verity squashfs sha256:' "squashfs is recognized" "$COCOAPOLC" verity image

# The line can be pasted.
{
	echo 'policy pasted svn 1 uses cocoaexpo 1'
	printf 'container c {\n  layers [ '
	"$COCOAPOLC" verity --salt 00ff image | sed -n 's/^ *layer *//p'
	printf '  ]\n  command ["/x"]\n}\n'
} >pasted.cpol
gives 0 '' "the line compiles in a policy" "$COCOAPOLC" compile pasted.cpol -o pasted.cpb

# Instructions for 2 MiB more, so that what starting costs is left out; the same on every run.
instructions() { # COMMAND...
	valgrind --tool=callgrind --callgrind-out-file=cg "$@" >/dev/null 2>log && sed -n 's/^summary: *//p; s/^totals: *//p' cg | head -1
}
if [ -n "${SANITIZERS:-}" ] || ! command -v valgrind >/dev/null || ! command -v openssl >/dev/null; then
	echo "skip - hashing costs little more than SHA-256: needs valgrind, openssl and a build without sanitizers"
	exit $status
fi
data 4194304
head -c 2097152 image >half
ours=$(($(instructions "$COCOAPOLC" verity --salt "$(salt_of 32)" image) - $(instructions "$COCOAPOLC" verity --salt "$(salt_of 32)" half)))
hash=$(($(instructions openssl dgst -sha256 image) - $(instructions openssl dgst -sha256 half)))
[ "$hash" -gt 0 ] && [ $((ours * 100)) -lt $((hash * 110)) ]
claim $? "hashing 2 MiB takes $ours instructions, openssl dgst takes $hash"
exit $status
