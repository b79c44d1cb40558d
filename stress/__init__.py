"""Big programs of others, run natively and under tools that change nothing: do they find the same?

``python -m stress`` runs stress-ng's stressors and CPython's own tests, and prints what differs.
"""
