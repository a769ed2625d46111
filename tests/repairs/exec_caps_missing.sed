s/let fits = { c in f6 | caps_fit.*/let fits = { c in f6 | caps_fit(c) or allow_capability_dropping }/
