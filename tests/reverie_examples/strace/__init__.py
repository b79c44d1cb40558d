"""The tests of the strace tool's own modules, which need no guest."""
