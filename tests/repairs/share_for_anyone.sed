s/let fits = { c in spec\[id\] | some r in c.mount: r.origin == share .*/let fits = spec[id]/
