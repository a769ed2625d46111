#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# generate.sh N DIR: a policy of N containers of 6 layers each (DIR/policy.cpol)
# and the requests that bring up one of them, in the middle (DIR/requests.json).
# Two layers are shared by all, as base images are.
set -eu
mkdir -p "$2"
awk -v n="$1" -v dir="$2" '
function hex(seed, len,   s, x) {       # a cheap, even spread of hexadecimal digits
	s = ""; x = (seed * 7919 + 12345) % 2147483647
	while (length(s) < len) { x = (x * 16807) % 2147483647; s = s sprintf("%04x", int(x / 32768) % 65536) }
	return substr(s, 1, len)
}
function layer(c, k) { return k < 2 ? k + 1 : c * 6 + k + 101 }
function blocks(l) { return 1000 + l % 5000 }
BEGIN {
	p = dir "/policy.cpol"; r = dir "/requests.json"
	print "policy perf svn 1 uses cocoaexpo 1\n" >p
	for (c = 0; c < n; c++) {
		printf "container c%d {\n  layers [\n", c >p
		for (k = 0; k < 6; k++) {
			l = layer(c, k)
			printf "    verity erofs sha256:%s blocks %d salt \"%s\"%s\n", hex(l, 64), blocks(l), hex(l + 7, 32), k < 5 ? "," : "" >p
		}
		printf "  ]\n  command [\"/usr/bin/service\", \"--number\", \"%d\"]\n", c >p
		printf "  env PATH = \"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n" >p
		printf "  env NUMBER = \"%d\"\n  env optional TERM = \"xterm\"\n  env HOME = \"/root\"\n  env LANG = /[A-Za-z_.0-9-]+/\n  env /SVC_[A-Z_]+/ = /[^\\n]*/\n", c >p
		for (m = 0; m < 4; m++)
			printf "  mount bind sandbox \"/data/%d/%d\" on \"/data/%d\" options { rbind rw }\n", c, m, m >p
		printf "  exec [\"/bin/healthcheck\"]\n  signals { TERM }\n  no_new_privileges\n}\n\n" >p
	}
	c = int(n / 2); id = hex(999, 64)
	print "[" >r
	print " {\"event\":\"mount_scratch\",\"target\":\"/run/scratch/s\",\"encrypted\":true}," >r
	layers = ""
	for (k = 0; k < 6; k++) {
		l = layer(c, k)
		printf " {\"event\":\"mount_device\",\"target\":\"/run/layers/l%d\",\"root_hash\":\"%s\",\"data_blocks\":%d,\"salt\":\"%s\",\"filesystem\":\"erofs\",\"algorithm\":\"sha256\",\"block_size\":4096},\n", k, hex(l, 64), blocks(l), hex(l + 7, 32) >r
		layers = layers (k ? "," : "") "\"/run/layers/l" k "\""
	}
	printf " {\"event\":\"mount_overlay\",\"id\":\"%s\",\"layers\":[%s],\"writable\":\"/run/scratch/s\",\"target\":\"/run/gcs/c/%s/rootfs\"},\n", id, layers, id >r
	mounts = ""
	for (m = 0; m < 4; m++)
		mounts = mounts sprintf("{\"destination\":\"/data/%d\",\"source\":\"/run/gcs/c/g/sandboxMounts/data/%d/%d\",\"type\":\"bind\",\"options\":[\"rbind\",\"rw\"]},", m, c, m)
	mounts = mounts "{\"destination\":\"/proc\",\"source\":\"proc\",\"type\":\"proc\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
	mounts = mounts "{\"destination\":\"/dev\",\"source\":\"tmpfs\",\"type\":\"tmpfs\",\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"]},"
	mounts = mounts "{\"destination\":\"/dev/pts\",\"source\":\"devpts\",\"type\":\"devpts\",\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\",\"gid=5\"]},"
	mounts = mounts "{\"destination\":\"/dev/shm\",\"source\":\"shm\",\"type\":\"tmpfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"]},"
	mounts = mounts "{\"destination\":\"/dev/mqueue\",\"source\":\"mqueue\",\"type\":\"mqueue\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
	mounts = mounts "{\"destination\":\"/sys\",\"source\":\"sysfs\",\"type\":\"sysfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]}"
	printf " {\"event\":\"create_container\",\"id\":\"%s\",\"args\":[\"/usr/bin/service\",\"--number\",\"%d\"],\"env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"NUMBER=%d\",\"TERM=xterm\",\"HOME=/root\",\"LANG=C.UTF-8\",\"SVC_DB=10.0.0.1\"],\"cwd\":\"/\",\"sandbox_dir\":\"/run/gcs/c/g/sandboxMounts\",\"hugepages_dir\":\"/run/gcs/c/g/hugepages\",\"mounts\":[%s],\"privileged\":false,\"no_new_privileges\":true,\"sandbox\":false,\"readonly_rootfs\":false,\"user_id\":\"0\",\"user_name\":\"root\",\"groups\":[{\"id\":\"0\",\"name\":\"root\"}],\"umask\":\"0022\",\"bounding\":[],\"effective\":[],\"inheritable\":[],\"permitted\":[],\"ambient\":[],\"seccomp\":\"\",\"sysctls\":[],\"rlimits\":[],\"devices\":[],\"hooks\":[],\"namespaces\":[],\"masked_paths\":[],\"readonly_paths\":[],\"cgroup_rules\":[],\"propagation\":\"\"}\n]\n", id, c, c, mounts >r
}'
