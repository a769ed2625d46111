s/let f2 = { c in f1 | not privileged .*/let f2 = f1/
