"""Questions of ownership analysts: owners, the group below, paths, changes over time, what would change the answer."""
