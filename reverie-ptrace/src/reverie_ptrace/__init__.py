"""The reference backend: guests stopped by ptrace(2), filtered by seccomp(2), handled in Python."""

from reverie_ptrace.backend import PtraceBackend

__all__ = ["PtraceBackend"]
