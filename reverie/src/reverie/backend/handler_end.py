"""How a handler is left before its end: exceptions that a tool's ``except Exception`` does not catch."""

from reverie_syscalls import Syscall


class HandlerEnded(BaseException):
    """The handler's thread went on without it: it exec'ed, exited or died in an injected call."""


class TailInjected(HandlerEnded):
    """The handler's last act was to execute this call."""

    def __init__(self, call: Syscall) -> None:
        super().__init__()
        self.call = call


__all__ = ["HandlerEnded", "TailInjected"]
