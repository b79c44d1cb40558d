"""Tools that inject every call and give its own result: what a program finds must be the same."""

import sys
from typing import Any, Final

import reverie
from reverie import Guest, NoGlobal, SyscallError, Tool
from reverie.syscalls import Getpid, Getppid, Gettid, Signal, Syscall, Unknown


class Same(Tool[NoGlobal, None]):
    """Injects the call in its own place."""

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        """Execute the call, and hand its result on."""
        return await guest.inject(call)


class Late(Tool[NoGlobal, None]):
    """Injects another call first: the guest's own is no longer made in its place."""

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        """Execute two calls, and hand the second's result on."""
        if _is_foreign(call):
            await guest.tail_inject(call)
        await guest.inject(Getpid())
        return await guest.inject(call)


class More(Tool[NoGlobal, None]):
    """Injects the call, and another one behind it."""

    async def handle_syscall_event(self, guest: Guest[NoGlobal, None], call: Syscall) -> int:
        """Execute two calls, and hand the first's result on."""
        if _is_foreign(call):
            await guest.tail_inject(call)
        try:
            result = await guest.inject(call)
        except SyscallError as error:
            result = -error.errno
        await guest.inject(Getppid())
        return result


class Everywhere(Same):
    """Injects the call, and another one wherever else a handler may."""

    async def handle_thread_start(self, guest: Guest[NoGlobal, None]) -> None:
        """Execute a call before the thread's first."""
        await guest.inject(Gettid())

    async def handle_post_exec(self, guest: Guest[NoGlobal, None]) -> None:
        """Execute a call before the program's first instruction."""
        await guest.inject(Getpid())

    async def handle_signal_event(self, guest: Guest[NoGlobal, None], signal: Signal) -> Signal | None:
        """Execute a call before the signal is delivered."""
        await guest.inject(Gettid())
        return signal


def _is_foreign(call: Syscall) -> bool:
    """Tell whether a call was made as i386 or x32 programs do: beside such a call no other can be injected."""
    return isinstance(call, Unknown) and call.abi != "x86_64"


HOW: Final[dict[str, type[Tool[Any, Any]]]] = {
    "same": Same,
    "late": Late,
    "more": More,
    "everywhere": Everywhere,
}
"""The tools by name."""


def main() -> None:
    """Run the command that follows the tool's name, and end as it ended."""
    how, *command = sys.argv[1:]
    reverie.run(HOW[how], command).status.raise_or_exit()


__all__ = ["HOW", "Everywhere", "Late", "More", "Same", "main"]
