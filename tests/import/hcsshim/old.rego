# Names and defaults of long ago: no user, capabilities or seccomp; points that were not judged.
package policy

api_svn := "0.5.0"
framework_svn := "0.1.0"

containers = [{
    "command": ["/bin/a"],
    "env_rules": [],
    "layers": ["1111111111111111111111111111111111111111111111111111111111111111"],
    "mounts": [],
    "exec_processes": [],
    "signals": [2],
    "allow_elevated": false,
    "working_dir": "/",
    "allow_stdio_access": false
}]
mount_device := data.framework.mount_device; unmount_device := data.framework.unmount_device
mount_overlay := data.framework.mount_overlay
create_container := data.framework.create_container
exec_in_container := data.framework.exec_in_container
exec_external := data.framework.exec_external
shutdown_container := data.framework.shutdown_container
reason := {"errors": data.framework.errors}
