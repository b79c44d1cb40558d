"""The whole family of errors. ``SyscallError``, a guest's failed call, comes from the vocabulary.

A message has three parts: what failed, on whom, and what to do.
"""

from reverie_syscalls import MemoryFault, SyscallError


class ReverieError(Exception):
    """Anything that this framework raises on purpose."""


class ToolError(ReverieError):
    """A tool raised, or answered with something that is no answer. ``__cause__`` has its own exception.

    The run was ended: the guest is killed and the exit callbacks have run. A tool that
    has something to say to its user raises this itself, from a handler or from its
    global state; then its text is what the run raises, and nothing is added to it.
    """


class BackendUnavailable(ReverieError):
    """This machine, container or user cannot run the backend; the message says what to change."""


class ProtocolError(ReverieError):
    """A message between a tool and its global state was wrong."""


class LocalProtocolError(ProtocolError):
    """We tried to send something that cannot be sent."""


class RemoteProtocolError(ProtocolError):
    """The other side sent something that makes no sense."""


class RemoteError(ReverieError):
    """A method of the global tool raised. The message has its exception's text."""


class GuestGone(ReverieError):
    """The guest thread died while a handler still held it. Nothing can be asked of it any more.

    A handler need not catch this: when it leaves the handler, it ends just that.
    """


class RunTimeout(ReverieError, TimeoutError):
    """The run took longer than its ``timeout``; the guest was killed."""


class RunCancelled(ReverieError):
    """The run was ended from outside; the guest was killed."""


class InternalError(ReverieError):
    """A mistake in this framework, not in the tool or the guest. Please report it with its text."""


__all__ = [
    "BackendUnavailable",
    "GuestGone",
    "InternalError",
    "LocalProtocolError",
    "MemoryFault",
    "ProtocolError",
    "RemoteError",
    "RemoteProtocolError",
    "ReverieError",
    "RunCancelled",
    "RunTimeout",
    "SyscallError",
    "ToolError",
]
