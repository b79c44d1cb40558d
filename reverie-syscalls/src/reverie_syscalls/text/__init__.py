"""The parts of a line in strace's format; `reverie_syscalls.display` puts them together."""

__all__ = ["arguments", "constants", "quoting", "results", "structs"]
