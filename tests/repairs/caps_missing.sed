s/let f11 = .*/let f11 = { c in f10 | caps_fit(c) or allow_capability_dropping }/
