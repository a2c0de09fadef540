"""Long work behind the server: one process for each job, beside the server and not in it.

A job is a process and no thread, for three reasons: rules are weighed in Python, whose lock would hold up every other
request; a process can be ended at any moment, with all it holds; and what kills it (a file that unpacks to more than
there is memory) kills nobody else.
"""
