s/let f7 = .*/let f7 = f6/
