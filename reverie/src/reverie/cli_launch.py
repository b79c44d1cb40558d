"""From a parsed command line to a run: its surroundings, its signals, its terminal, its end."""

import contextlib
import logging
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TypeVar

import msgspec

from reverie.backend.contract import RunResult
from reverie.control import Control
from reverie.errors import ReverieError, RunCancelled
from reverie.global_tool import GlobalTool
from reverie.run import attach, run
from reverie.tool import Tool
from reverie_process import Command, ExitStatus, SpawnError

G = TypeVar("G", bound=GlobalTool[Any])

Handler = Callable[[int, FrameType | None], None]

_log = logging.getLogger("reverie")

FAILED = 125
"""The exit status when reverie itself could not do its work."""


class LaunchOptions(msgspec.Struct, frozen=True):
    """The options that all tools share."""

    backend: str = "ptrace"
    environment: tuple[str, ...] = ()
    colocate: bool = True


class EndedBySignal(RunCancelled):
    """A signal to the tracer ended the run; the command line dies of the same one."""

    def __init__(self, signo: int) -> None:
        super().__init__(f"ended by {signal.Signals(signo).name}; the guest was killed")
        self.signo = signo


class Launch(msgspec.Struct, frozen=True):
    """Runs a tool on the command of the command line, or on the processes that it names."""

    words: list[str]
    options: LaunchOptions = msgspec.field(default_factory=LaunchOptions)
    pids: tuple[int, ...] = ()

    def __call__(self, tool: type[Tool[G, Any]], config: Any = None) -> RunResult[G]:
        """Run it, with the terminal's signals going where people expect them.

        Raises:
            SpawnError, ReverieError: see ``reverie.run``.
        """
        if self.pids:
            return self._attach(tool, config)
        command = Command(self.words, env=_environment(self.options.environment))
        control = Control()
        terminal = _Terminal()
        try:
            with _signals_for_guest(control):
                result = run(
                    tool,
                    command,
                    config=config,
                    backend=self.options.backend,
                    control=control,
                    colocate=self.options.colocate,
                )
        except BaseException:
            terminal.restore()
            raise
        if result.status.signal is not None:
            terminal.restore()
        return result

    def _attach(self, tool: type[Tool[G, Any]], config: Any) -> RunResult[G]:
        """Leave the processes at the first signal, and then end as it would have ended us; as strace does it."""
        control = Control()
        with _signals_leave(control) as received:
            result = attach(tool, self.pids, config=config, backend=self.options.backend, control=control)
        if received:
            return msgspec.structs.replace(result, status=ExitStatus.killed(received[0]))
        return msgspec.structs.replace(result, status=ExitStatus.exited(0))


def _set_by_python(name: str) -> bool:
    """Tell whether a variable is there only since Python started (PEP 538 coerces the C locale)."""
    if name not in os.environ:
        return False
    try:
        at_start = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return not any(entry.startswith(name.encode() + b"=") for entry in at_start)


def _environment(edits: tuple[str, ...]) -> dict[str, str]:
    environment = dict(os.environ)
    if _set_by_python("LC_CTYPE"):
        del environment["LC_CTYPE"]
    for edit in edits:
        name, equals, value = edit.partition("=")
        if equals:
            environment[name] = value
        else:
            environment.pop(name, None)
    return environment


@contextmanager
def _signals_for_guest(control: Control) -> Iterator[None]:
    """Leave the first Ctrl-C to the guest; a second one, or SIGTERM or SIGHUP, ends everything.

    The terminal sends SIGINT and SIGQUIT to the guest as well, since it is in our
    process group; only when they did not come from the terminal are they passed on.
    A signal that is ignored stays so: exec hands that on to the guest, but no handler.
    """
    interrupts = 0

    def interrupt(signo: int, frame: FrameType | None) -> None:
        nonlocal interrupts
        interrupts += 1
        if interrupts > 1:
            control.end(EndedBySignal(signo))
        elif not _in_foreground():
            control.send_signal(signo)

    def terminate(signo: int, frame: FrameType | None) -> None:
        control.end(EndedBySignal(signo))

    handlers = {
        signal.SIGINT: interrupt,
        signal.SIGQUIT: interrupt,
        signal.SIGTERM: terminate,
        signal.SIGHUP: terminate,
    }
    with _handled(handlers):
        yield


@contextmanager
def _signals_leave(control: Control) -> Iterator[list[int]]:
    """Detach at the first signal that would end us; a second one has its way, and the kernel detaches."""
    received: list[int] = []

    def leave(signo: int, frame: FrameType | None) -> None:
        received.append(signo)
        for each in handled:
            signal.signal(each, signal.SIG_DFL)
        control.detach()

    with _handled(dict.fromkeys((signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP), leave)) as handled:
        yield received


@contextmanager
def _handled(handlers: Mapping[signal.Signals, Handler]) -> Iterator[list[signal.Signals]]:
    """Handle signals for a while, except those that are ignored; give the others' names."""
    former = {signo: signal.getsignal(signo) for signo in handlers}
    handled = [signo for signo in handlers if former[signo] is not signal.SIG_IGN]
    try:
        for signo in handled:
            signal.signal(signo, handlers[signo])
        yield handled
    finally:
        for signo in handled:
            signal.signal(signo, former[signo])


def _in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


class _Terminal:
    """The settings of the terminal on stdin, to be put right after a guest that was killed.

    Such a guest cannot do it itself; one that ends by itself has its way.
    """

    def __init__(self) -> None:
        try:
            self._saved = termios.tcgetattr(0)
        except (termios.error, ValueError):
            self._saved = []  # there is no terminal

    def restore(self) -> None:
        """Set what was at first, unless we are in the background: there it would stop us (SIGTTOU)."""
        with contextlib.suppress(OSError, termios.error):
            if self._saved and os.tcgetpgrp(0) == os.getpgrp():
                termios.tcsetattr(0, termios.TCSADRAIN, self._saved)


def open_closed_streams() -> None:
    """Give Python streams to write to where descriptors were closed when we started.

    Without them ``print(..., file=sys.stderr)`` would print to stdout. The guest does
    not see them: they are closed at its exec.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  (open as long as the process lives)


def end_like(status: ExitStatus) -> NoReturn:
    """End this process as the guest ended; a reader of our output that is gone changes nothing."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Python would complain once more at its own end, and change the exit status to 120.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    status.raise_or_exit()


def report_failure(error: Exception) -> NoReturn:
    """Say in one line what failed, and end with the status that the command line promises."""
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("where it came from:", exc_info=error)
    line = " ".join(str(error).split()) or type(error).__name__
    if not isinstance(error, ReverieError | SpawnError | OSError):
        line = f"internal error: {type(error).__name__}: {line}. Please report this; --log-level debug shows more"
    with contextlib.suppress(OSError):  # when nobody reads it, the exit status still tells
        sys.stderr.flush()
        # The bytes of a name that is no UTF-8 are written as they came.
        os.write(sys.stderr.fileno(), f"reverie: {line}\n".encode(errors="surrogateescape"))
    if isinstance(error, EndedBySignal):
        end_like(ExitStatus.killed(error.signo))
    end_like(ExitStatus.exited(error.exit_status if isinstance(error, SpawnError) else FAILED))


__all__ = ["EndedBySignal", "Launch", "LaunchOptions", "end_like", "open_closed_streams", "report_failure"]
