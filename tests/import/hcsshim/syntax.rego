# Not Rego: each mistake at its place.
package policy
api_version := "0.10.0
framework_version := "\x41"
a := "\ud800"
b := [1, 2
allow_dump_stacks := true
