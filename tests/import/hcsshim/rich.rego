# Every kind of field, in the newest version that is known.
package policy

import future.keywords.every
import future.keywords.in

api_version := "0.12.0"
framework_version := "0.5.0"

fragments := [
  {
    "issuer": "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.3",
    "feed": "registry.example/infra",
    "minimum_svn": "4",
    "includes": ["containers", "fragments"],
  },
]

containers := [
  {
    "name": "front door",
    "id": "registry.example/front:3",
    "command": ["/usr/sbin/nginx", "-g", "daemon off;", "\u0022quoted\u0022 \\ \ud83d\ude80"],
    "env_rules": [
      # about the whole of NAME=VALUE
      {"pattern": "PATH=/usr/sbin:/usr/bin", "strategy": "string", "required": true},
      {"pattern": "EMPTY=", "strategy": "string", "required": false},
      {"pattern": "OPTS=a=b", "strategy": "string"},
      {"pattern": `NGINX_.+=.+`, "strategy": "re2", "required": false},
      {"pattern": `(?i)(FABRIC)_.+=.+`, "strategy": "re2", "required": false},
      {"pattern": `^HOSTNAME=[a-z]+$`, "strategy": "re2", "required": true},
      {"pattern": `SERVICE_.*`, "strategy": "re2", "required": false},
      {"pattern": `[=]?A[=]B=C`, "strategy": "re2", "required": false},
      {"pattern": `(T=1|U=[^=]|V=\=)`, "strategy": "re2", "required": false},
      {"pattern": `^MODE=fast$|^MODE=slow\.$`, "strategy": "re2", "required": true},
      # a name and a value
      {"name": "(?i)region_[a-z]+", "name_strategy": "re2", "value": ".+", "value_strategy": "re2", "required": false},
      {"name": "ZONE", "name_strategy": "string", "value": "a.b", "value_strategy": "string", "required": true},
    ],
    "layers": [
      "1111111111111111111111111111111111111111111111111111111111111111",
      "2222222222222222222222222222222222222222222222222222222222222222",
    ],
    "mounts": [
      {"destination": "/cache", "options": ["rbind", "rshared", "rw"], "source": "sandbox:///cache", "type": "bind"},
      {"destination": "/secret", "options": ["rbind", "rshared", "ro"], "source": "sandbox:///tmp/atlas/emptydir/.+", "type": "bind"},
      {"destination": "/huge", "options": ["rbind", "rw"], "source": "hugepages://2M/data", "type": "bind"},
      {"destination": "/share", "options": ["rbind", "rshared", "ro"], "source": "plan9://", "type": "bind"},
      {"destination": "/etc/resolv.conf", "options": ["rbind", "ro"], "source": "/run/files/resolv.conf", "type": "bind"},
    ],
    "exec_processes": [
      {"command": ["/bin/check", "-q"], "signals": [9, 15]},
      {"command": ["/bin/sh"], "signals": []},
    ],
    "signals": [15, 3],
    "user": {
      "user_idname": {"pattern": "101", "strategy": "id"},
      "group_idnames": [
        {"pattern": "web", "strategy": "name"},
        {"pattern": "grp-[0-9]+", "strategy": "re2"},
      ],
      "umask": "0027",
    },
    "capabilities": {
      "bounding": ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"],
      "effective": ["CAP_NET_BIND_SERVICE"],
      "inheritable": [],
      "permitted": ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"],
      "ambient": ["CAP_NET_BIND_SERVICE"],
    },
    "seccomp_profile_sha256": "3333333333333333333333333333333333333333333333333333333333333333",
    "allow_elevated": false,
    "working_dir": "/srv",
    "allow_stdio_access": true,
    "no_new_privileges": true,
    "colour": "blue",
  },
  {
    "command": ["/bin/worker"],
    "env_rules": [],
    "layers": ["1111111111111111111111111111111111111111111111111111111111111111"],
    "mounts": [],
    "exec_processes": [],
    "signals": [],
    "user": {
      "user_idname": {"pattern": "worker|helper", "strategy": "re2"},
      "group_idnames": [],
      "umask": "0022",
    },
    # which it has follows from whether it is privileged
    "capabilities": null,
    "seccomp_profile_sha256": "",
    "allow_elevated": true,
    "working_dir": "/",
    "allow_stdio_access": false,
    "no_new_privileges": false,
  },
  {
    "command": ["/pause"],
    "env_rules": [],
    "layers": ["4444444444444444444444444444444444444444444444444444444444444444"],
    "mounts": [],
    "exec_processes": [],
    "signals": [],
    "user": {
      "user_idname": {"pattern": "", "strategy": "any"},
      "group_idnames": [{"pattern": "", "strategy": "any"}],
      "umask": "0022",
    },
    "capabilities": null,
    "seccomp_profile_sha256": "",
    "allow_elevated": false,
    "working_dir": "/",
    "allow_stdio_access": false,
    "no_new_privileges": true,
  },
]

external_processes := [
  {
    "command": ["/bin/df", "-h"],
    "env_rules": [{"pattern": "LC_.+=.*", "strategy": "re2", "required": false}],
    "working_dir": "/tmp",
    "allow_stdio_access": true,
  },
]

allow_properties_access := true
allow_dump_stacks := true
allow_runtime_logging := true
allow_host_network := false
allow_environment_variable_dropping := true
allow_unencrypted_scratch := true
allow_capability_dropping := true
allow_time_travel := false

mount_device := data.framework.mount_device
unmount_device := data.framework.unmount_device
rw_mount_device := data.framework.rw_mount_device
rw_unmount_device := data.framework.rw_unmount_device
mount_overlay := data.framework.mount_overlay
unmount_overlay := data.framework.unmount_overlay
create_container := data.framework.create_container
exec_in_container := data.framework.exec_in_container
default exec_external := {"allowed": false}
shutdown_container := data.framework.shutdown_container
signal_container_process := data.framework.signal_container_process
plan9_mount := data.framework.plan9_mount
plan9_unmount := data.framework.plan9_unmount
get_properties := data.framework.get_properties
# dump_stacks is not left to the framework, so nothing ever is allowed of it
runtime_logging := data.framework.runtime_logging
load_fragment := data.framework.load_fragment
scratch_mount := data.framework.scratch_mount
scratch_unmount := data.framework.scratch_unmount
levitate := data.framework.levitate
reason := {
  "errors": data.framework.errors,
  "error_objects": data.framework.error_objects,
}
