package policy
a := {"x": 1, "x": 2}
b := 1
b := 2
