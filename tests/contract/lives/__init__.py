"""Lives of processes and threads: how they begin, exec and end, what kills them, and what they can do to themselves."""
