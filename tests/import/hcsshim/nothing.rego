# no package
containers := []
