# Fields of a container that are not there, or not as they should be.
package policy

api_version := "0.10.0"
framework_version := "0.3.0"
containers := [
  {
    "command": ["/bin/a"],
    "env_rules": [],
    "layers": [],
    "mounts": [{"destination": "/a", "source": "/b", "type": "bind"}, []],
    "exec_processes": [{"command": ["a"], "signals": ["TERM", 65]}],
    "signals": 9,
    "user": {
      "user_idname": {"pattern": "", "strategy": "name"},
      "group_idnames": [{"pattern": "a", "strategy": "like"}],
    },
    "capabilities": {"bounding": [], "effective": [1], "inheritable": [], "permitted": []},
    "allow_elevated": 1,
    "working_dir": "",
    "registry_changes": {"add_values": [1]},
  },
]
mount_device := data.framework.mount_device
mount_overlay := data.framework.mount_overlay
create_container := data.framework.create_container
