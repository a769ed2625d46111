# Versions, switches, and rules of variables that are not as they should be.
package policy

api_version := "0.10"
framework_version := 3
external_processes := {"command": []}
containers := [
  "x",
  {
    "command": [],
    "env_rules": [
      {"pattern": "A=1", "strategy": "glob", "required": true},
      {"pattern": "A", "strategy": "string", "required": true},
      {"pattern": "B", "strategy": "string", "required": false},
      {"pattern": "=C", "strategy": "string", "required": false},
      {"strategy": "string"},
      {"pattern": "D=1", "name": "D", "value": "1"},
      {"name": "E", "name_strategy": "string", "value_strategy": "string"},
      {"pattern": "F=1", "strategy": "string", "required": "yes"},
      7,
    ],
    "layers": ["12", "AAAA111111111111111111111111111111111111111111111111111111111111"],
    "mounts": [],
    "exec_processes": [],
    "signals": [],
    "allow_elevated": false,
    "allow_stdio_access": false,
    "working_dir": "/",
  },
]
allow_dump_stacks := "true"
mount_device := data.framework.mount_device
mount_overlay := data.framework.mount_overlay
create_container := data.framework.create_container
