"""Print every system call of a process tree, in strace's words.

Usage:  reverie strace [-e trace=SET] [-o FILE] [-c] [--json] ... COMMAND...
Shows:  typed calls and their display, state per thread, a global state that owns a file.
Costs:  two stops per call (its result is wanted) and one message per line.
"""

from reverie_examples.strace.command import command

__all__ = ["command"]
