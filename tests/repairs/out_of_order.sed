s/let fits = { c in f12 | .*/let fits = f12/
