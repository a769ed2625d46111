s/let f3 = { c in f2 | not privileged .*/let f3 = f2/
