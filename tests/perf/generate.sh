#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# generate.sh N DIR [shared]: a policy of N containers of 6 layers each
# (DIR/policy.cpol), the requests that bring up one of them, in the middle
# (DIR/requests.json), and a life of it with a request of each event that can be
# allowed, after one that is denied (DIR/events.json).  Two layers are shared by
# all, as base images are; `shared`: all six, so that nothing but what the
# containers run tells them apart.
set -eu
mkdir -p "$2"
awk -v n="$1" -v dir="$2" -v shared="${3:-}" '
function hex(seed, len,   s, x) {       # a cheap, even spread of hexadecimal digits
	s = ""; x = (seed * 7919 + 12345) % 2147483647
	while (length(s) < len) { x = (x * 16807) % 2147483647; s = s sprintf("%04x", int(x / 32768) % 65536) }
	return substr(s, 1, len)
}
function layer(c, k) { return k < 2 || shared != "" ? k + 1 : c * 6 + k + 101 }
function put(event, rest) { lines[n_lines++] = " {\"event\":\"" event "\"" (rest == "" ? "" : "," rest) "}" }
function device(target, l) {
	return sprintf("\"target\":\"%s\",\"root_hash\":\"%s\",\"data_blocks\":%d,\"salt\":\"%s\",\"filesystem\":\"erofs\",\"algorithm\":\"sha256\",\"block_size\":4096", target, hex(l, 64), blocks(l), hex(l + 7, 32))
}
function write_lines(file,   i) {
	print "[" >file
	for (i = 0; i < n_lines; i++) print lines[i] (i < n_lines - 1 ? "," : "") >file
	print "]" >file
}
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
	scratch = "\"target\":\"/run/scratch/s\",\"encrypted\":true"
	for (k = 0; k < 6; k++) layers = layers (k ? "," : "") "\"/run/layers/l" k "\""
	rootfs = "/run/gcs/c/" id "/rootfs"
	overlay = "\"id\":\"" id "\",\"layers\":[" layers "],\"writable\":\"/run/scratch/s\",\"target\":\"" rootfs "\""
	mounts = ""
	for (m = 0; m < 4; m++)
		mounts = mounts sprintf("{\"destination\":\"/data/%d\",\"source\":\"/run/gcs/c/g/sandboxMounts/data/%d/%d\",\"type\":\"bind\",\"options\":[\"rbind\",\"rw\"]},", m, c, m)
	mounts = mounts "{\"destination\":\"/proc\",\"source\":\"proc\",\"type\":\"proc\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
	mounts = mounts "{\"destination\":\"/dev\",\"source\":\"tmpfs\",\"type\":\"tmpfs\",\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"]},"
	mounts = mounts "{\"destination\":\"/dev/pts\",\"source\":\"devpts\",\"type\":\"devpts\",\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\",\"gid=5\"]},"
	mounts = mounts "{\"destination\":\"/dev/shm\",\"source\":\"shm\",\"type\":\"tmpfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"]},"
	mounts = mounts "{\"destination\":\"/dev/mqueue\",\"source\":\"mqueue\",\"type\":\"mqueue\",\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
	mounts = mounts "{\"destination\":\"/sys\",\"source\":\"sysfs\",\"type\":\"sysfs\",\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]}"
	env = sprintf("\"env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"NUMBER=%d\",\"TERM=xterm\",\"HOME=/root\",\"LANG=C.UTF-8\",\"SVC_DB=10.0.0.1\"", c)
	who = "\"cwd\":\"/\",\"no_new_privileges\":true,\"user_id\":\"0\",\"user_name\":\"root\",\"groups\":[{\"id\":\"0\",\"name\":\"root\"}],\"umask\":\"0022\",\"bounding\":[],\"effective\":[],\"inheritable\":[],\"permitted\":[],\"ambient\":[]"
	rest = "\"sandbox_dir\":\"/run/gcs/c/g/sandboxMounts\",\"hugepages_dir\":\"/run/gcs/c/g/hugepages\",\"mounts\":[" mounts "],\"privileged\":false,\"sandbox\":false,\"readonly_rootfs\":false,\"seccomp\":\"\",\"sysctls\":[],\"rlimits\":[],\"devices\":[],\"hooks\":[],\"namespaces\":[],\"masked_paths\":[],\"readonly_paths\":[],\"cgroup_rules\":[],\"propagation\":\"\""
	me = "\"id\":\"" id "\""
	args = sprintf("\"args\":[\"/usr/bin/service\",\"--number\",\"%d\"]", c)
	create = me "," args "," who "," rest "," env
	exec = me ",\"args\":[\"/bin/healthcheck\"]," who "," env
	signal = me ",\"args\":[\"/bin/healthcheck\"],\"init\":false,\"signal\":"

	put("mount_scratch", scratch)
	for (k = 0; k < 6; k++) put("mount_device", device("/run/layers/l" k, layer(c, k)))
	put("mount_overlay", overlay)
	put("create_container", create "]")
	write_lines(r)

	n_lines = 0
	put("mount_scratch", "\"target\":\"/run/scratch/s\",\"encrypted\":false")
	put("mount_scratch", scratch)
	put("mount_rw_device", "\"target\":\"/run/disks/d\",\"encrypted\":true,\"filesystem\":\"xfs\",\"ensure_filesystem\":false")
	put("mount_rw_device", "\"target\":\"/run/disks/d\",\"encrypted\":true,\"filesystem\":\"xfs\",\"ensure_filesystem\":true")
	put("mount_device", device("/run/layers/l0", 77777777))
	for (k = 0; k < 6; k++) put("mount_device", device("/run/layers/l" k, layer(c, k)))
	gone = overlay
	sub(/"\/run\/layers\/l5"/, "\"/run/layers/l4\"", gone)
	put("mount_overlay", gone)
	put("mount_overlay", overlay)
	put("mount_host", me ",\"name\":\"data\",\"target\":\"/run/gcs/c/" id "/shares/data\",\"readonly\":true")
	put("create_container", create ",\"EXTRA=1\"]")
	put("create_container", create "]")
	put("exec_in_container", exec ",\"EXTRA=1\"]")
	put("exec_in_container", exec "]")
	put("exec_external", "\"args\":[\"/bin/sh\"],\"cwd\":\"/\"," env "]")
	put("signal_process", signal "9")
	put("signal_process", signal "15")
	put("get_properties", "")
	put("load_fragment", "\"issuer\":\"i\",\"feed\":\"f\",\"namespace\":\"n\",\"svn\":1")
	put("shutdown_container", "\"id\":\"x\"")
	put("unmount_overlay", "\"target\":\"" rootfs "\"")
	put("shutdown_container", me)
	put("unmount_device", "\"target\":\"/run/layers/l0\"")
	put("unmount_overlay", "\"target\":\"" rootfs "\"")
	put("unmount_device", "\"target\":\"/run/layers/l0\"")
	put("unmount_scratch", "\"target\":\"/run/scratch/x\"")
	put("unmount_scratch", "\"target\":\"/run/scratch/s\"")
	put("agent_fault", "")
	write_lines(dir "/events.json")
}'
