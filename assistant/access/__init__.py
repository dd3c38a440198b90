"""Who may do what: keys, their scopes, and the groups whose documents they open."""
