print("factsh")
