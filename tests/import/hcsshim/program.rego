# Rules that are programs are refused, each by its name.
package policy

import data.helpers

api_version := "0.10.0"
framework_version := "0.3.0"
ports := [p | p := helpers.ports[_]]
names := {"a", "b"}
limit := 3 + 4
early := true { input.early }
containers := data.extra.containers
first := helpers.all[0]
late {
	input.name == "}"
	"a" in names
}
is_web(name) := true {
	name == `web {`
} else := false {
	name == "#"
}
odd[x] { x := 1 }
wide if input.wide
contains_it contains x if { x := 2 }
mount_device := data.framework.mount_device
mount_overlay := data.framework.create_container
unmount_device := data.framework.unmount_device { input.sure }
reason := {"errors": errors}
allow_dump_stacks := true
