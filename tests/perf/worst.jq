# SPDX-License-Identifier: Apache-2.0
#
# worst.jq - from the requests of a group's life: a state that is nearly full, and
# requests of each event from which to search for one that takes long there.
# $part is "setup" or "seeds".
def hex2: . as $i | "0123456789abcdef" | .[($i / 16 | floor):($i / 16 | floor) + 1] + .[$i % 16:$i % 16 + 1];
def long: "-" * 56;     # so that keys of the state are long
# The same request of another life: other ids and targets.  The id that came first
# comes last, so that who looks for its container passes the others.
def last: sub("^0"; "f");
def other($k): . as $r | walk(if type != "string" then .
		elif test("^[0-9a-f]{64}$") then (.[:62] | last) + ($k | hex2)
		elif test("^/run/gcs/c/[0-9a-f]{64}/") then .[:11] + (.[11:73] | last) + ($k | hex2) + .[75:]
		elif test("^/run/(layers|disks|scratch)/") then . + long + ($k | hex2) else . end)
	| if $r.root_hash then .root_hash = $r.root_hash | .salt = $r.salt else . end | del(.expect);
def disk($k): "/run/disks/" + ("d" | . + long) + ($k | hex2);
def scratch($k): "/run/scratch/" + ("s" | . + long) + ($k | hex2);

3 as $lives | map(select(.expect != "deny")) as $life
| [$life[] | select(.event == "mount_overlay")] as $overlays
| [$life[] | select(.event == "mount_device")] as $devices
# The container of most layers, mounted once more.
| ($overlays | max_by(.layers | length)) as $deep
| def overlay($k): $deep | other(0) | .id = .id[:60] + "ee" + ($k | hex2) | .writable = disk($k)
	| .target = "/run/gcs/c/" + .id + "/rootfs";
def device($k): $devices[-1] | other($k) | .target = ($devices | max_by(.target | length).target) + long + ($k | hex2);
if $part == "setup" then
	[range($lives) as $k | $life[] | select($k < $lives - 1 or .event != "create_container") | other($k)]
	+ [range(63) | { event: "mount_rw_device", target: disk(.), encrypted: true, filesystem: "xfs", ensure_filesystem: true }]
	+ [range(63 - $lives) | { event: "mount_scratch", target: scratch(.), encrypted: true }]
	+ [range(10; 256) | device(.)]
	+ [range(63 - $lives * ($overlays | length)) | overlay(.)]
else
	($life | map(other($lives - 1), (select(.id != null) | other(0))))
	# What one variable may be called, eight may be called, if its rule is a pattern.
	+ [$life[] | select((.env | length) > 0) | other(if .event == "create_container" then $lives - 1 else 0 end)
		| .env += [.env[-1] | capture("^(?<name>[^=]*)=(?<value>.*)") as $v | range(8)
			| $v.name + "_" + ("A" * (120000 + .)) + "=" + $v.value]]
	+ [overlay(100), (overlay(100) | .layers = [range(64) as $i | .layers[-1]]), device(9),
		{ event: "mount_rw_device", target: disk(63), encrypted: true, filesystem: "xfs", ensure_filesystem: true },
		{ event: "mount_scratch", target: scratch(63), encrypted: true },
		{ event: "unmount_rw_device", target: disk(62) }, { event: "unmount_scratch", target: scratch(0) },
		($life[] | select(.event == "create_container") | other(0) | { event: "shutdown_container", id }),
		{ event: "unmount_device", target: device(255).target }, { event: "unmount_overlay", target: overlay(0).target },
		{ event: "mount_host", id: overlay(0).id, name: "data", target: "/run/gcs/c/\(overlay(0).id)/shares/data", readonly: false },
		{ event: "exec_external", args: ["/bin/true"], env: ["PATH=/bin"], cwd: "/" }]
end
