"""HANDLER: from an event, through the tool's handler, to a command. The same for every backend."""

from collections.abc import Coroutine
from typing import Any, assert_never

from reverie.backend.commands import PASS, PROCEED, Command, Deliver, Execute, Return
from reverie.backend.handler_end import HandlerEnded, TailInjected
from reverie.errors import GuestGone, ToolError
from reverie.events import Event, Notice, ProgramExecuted, SignalReceived, ThreadStarted
from reverie.guest import Guest
from reverie.tool import Tool
from reverie_syscalls import SigInfo, Signal, Syscall, SyscallError


def dispatch(tool: Tool[Any, Any], guest: Guest[Any, Any], event: Event) -> Coroutine[Any, Any, Command]:
    """Call the handler that the event is for and return, when awaited, what it wants done.

    Raises:
        ToolError: the handler raised, or answered with something that is no answer.
    """
    if isinstance(event, Syscall):  # per stop: the commonest event is tried first
        return answer_syscall(tool, guest, event)
    return _answer(tool, guest, event)


async def _answer(tool: Tool[Any, Any], guest: Guest[Any, Any], event: Notice) -> Command:
    try:
        match event:
            case SignalReceived(signal):
                return _deliver(tool, await tool.handle_signal_event(guest, signal))
            case ThreadStarted():
                await tool.handle_thread_start(guest)
            case ProgramExecuted():
                await tool.handle_post_exec(guest)
            case _:
                assert_never(event)
    except TailInjected as tail:
        return Execute(tail.call)
    except (HandlerEnded, GuestGone):
        return PROCEED
    except ToolError:
        raise
    except BaseExceptionGroup as group:
        return _from_group(tool, guest, event, group)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        raise _tool_error(tool, guest, event, error) from error
    return PROCEED


async def answer_syscall(tool: Tool[Any, Any], guest: Guest[Any, Any], call: Syscall) -> Command:
    """Call ``handle_syscall_event``. A ``SyscallError`` that leaves it is the guest's result."""
    try:
        value = await tool.handle_syscall_event(guest, call)
    except TailInjected as tail:
        return PASS if tail.call is call else Execute(tail.call)
    except SyscallError as error:
        return Return(-error.errno)
    except ToolError:
        raise
    except (HandlerEnded, GuestGone):
        return PROCEED
    except BaseExceptionGroup as group:
        return _from_group(tool, guest, call, group)
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        raise _tool_error(tool, guest, call, error) from error
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 64:
        return Return(value)
    raise ToolError(
        f"{type(tool).__name__}.handle_syscall_event returned {value!r} for {call.name} in thread {guest.tid}:"
        " return the call's result, a 64-bit int, or end with guest.tail_inject(call)"
    )


def _from_group(
    tool: Tool[Any, Any], guest: Guest[Any, Any], event: Event, group: BaseExceptionGroup[BaseException]
) -> Command:
    """A handler that injects from a task group of its own is left by a group of exceptions."""
    leaves = _leaves(group)
    faults = [leaf for leaf in leaves if not isinstance(leaf, HandlerEnded | GuestGone)]
    if faults:
        if isinstance(event, Syscall) and isinstance(faults[0], SyscallError) and len(leaves) == 1:
            return Return(-faults[0].errno)
        raise _tool_error(tool, guest, event, faults[0] if len(faults) == 1 else group) from group
    tails = [leaf.call for leaf in leaves if isinstance(leaf, TailInjected)]
    return Execute(tails[0]) if tails else PROCEED


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def _deliver(tool: Tool[Any, Any], answer: object) -> Deliver:
    if answer is None:
        return Deliver(None)
    if isinstance(answer, int) and answer in _SIGNALS:
        return Deliver(Signal(answer))
    if isinstance(answer, SigInfo) and answer.signo in _SIGNALS:
        return Deliver(Signal(answer.signo), answer)
    raise ToolError(
        f"{type(tool).__name__}.handle_signal_event returned {answer!r}:"
        " return a Signal, a SigInfo of one, or None to suppress it"
    )


_SIGNALS = frozenset(Signal)

_HANDLERS: dict[type[object], str] = {
    SignalReceived: "handle_signal_event",
    ThreadStarted: "handle_thread_start",
    ProgramExecuted: "handle_post_exec",
}


def _tool_error(tool: Tool[Any, Any], guest: Guest[Any, Any], event: Event, error: BaseException) -> ToolError:
    handler = _HANDLERS.get(type(event), "handle_syscall_event")
    about = f" for {event.name}" if isinstance(event, Syscall) else ""
    return ToolError(
        f"{type(tool).__name__}.{handler} raised {describe_error(error)}{about} in thread {guest.tid}."
        " The guest was ended; --log-level debug shows where it was raised"
    )


def describe_error(error: BaseException) -> str:
    """Return an exception's type and text in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


__all__ = ["answer_syscall", "describe_error", "dispatch"]
