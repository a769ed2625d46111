# Patterns that nothing divides, or that say what ours can't.
package policy

api_version := "0.10.0"
framework_version := "0.3.0"
containers := [{
  "command": ["/bin/a"],
  "env_rules": [
    {"pattern": "(A=1|B=2)C", "strategy": "re2"},
    {"pattern": "[A=]+", "strategy": "re2"},
    {"pattern": "A.{3}", "strategy": "re2"},
    {"pattern": "A=1|B=2", "strategy": "re2", "required": true},
    {"pattern": `A=\bx`, "strategy": "re2"},
    {"pattern": `A=[\p{Greek}]`, "strategy": "re2"},
    {"pattern": "A=(?m)x", "strategy": "re2"},
    {"pattern": "A=^x", "strategy": "re2"},
    {"pattern": "A=x$y", "strategy": "re2"},
    {"pattern": "A=(x", "strategy": "re2"},
    {"pattern": "A=(*x)", "strategy": "re2"},
    {"pattern": "A=x)", "strategy": "re2"},
    {"pattern": "A=[x", "strategy": "re2"},
    {"pattern": `A=x\`, "strategy": "re2"},
    {"pattern": `A=\x{41`, "strategy": "re2"},
    {"pattern": `A=\x4`, "strategy": "re2"},
    {"name": "A(", "name_strategy": "re2", "value": "", "value_strategy": "string"},
  ],
  "layers": ["1111111111111111111111111111111111111111111111111111111111111111"],
  "mounts": [{"destination": "/a", "options": [], "source": "sandbox:///a[", "type": "bind"}],
  "exec_processes": [], "signals": [],
  "user": {
    "user_idname": {"pattern": "a{", "strategy": "re2"},
    "group_idnames": [{"pattern": "*", "strategy": "re2"}],
    "umask": "0022"
  },
  "capabilities": null, "seccomp_profile_sha256": "",
  "allow_elevated": true, "working_dir": "/", "allow_stdio_access": false, "no_new_privileges": true
}]
allow_capability_dropping := false
mount_device := data.framework.mount_device
mount_overlay := data.framework.mount_overlay
create_container := data.framework.create_container
