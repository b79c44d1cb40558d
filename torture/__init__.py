"""Random trees of threads and processes under random tools, compared with what they do natively.

``python -m torture`` runs rounds until the time is up; a failure names the seed that runs its round again.
"""
