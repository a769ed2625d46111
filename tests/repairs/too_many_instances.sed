s/let f12 = .*/let f12 = f11/
