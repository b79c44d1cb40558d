"""The tool: inject each call, look at what came of it, and tell the sink."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from reverie import ExitStatus, Guest, Pid, Rpc, Subscription, SyscallError, Tid, Tool
from reverie.syscalls import (
    DisplayOptions,
    Errno,
    Signal,
    Syscall,
    Sysno,
    Unknown,
    format_call,
    format_parts,
    format_siginfo,
    to_json,
)
from reverie_examples.strace.lines import clock_ns, duration
from reverie_examples.strace.options import OutputForm, StraceConfig
from reverie_examples.strace.sink import Sink, Tally

_EXECS: Final = frozenset({Sysno.execve, Sysno.execveat})
_FOREIGN: Final = ("i386", "x32")
_TO_BE_RESUMED: Final = -Errno.ERESTART_RESTARTBLOCK
_EXITS: Final = frozenset({Sysno.exit, Sysno.exit_group})


@dataclass
class Unfinished:
    """A call whose end is not told by its handler: an exec, printed before the memory it names is gone."""

    name: str
    text: str
    json: dict[str, Any] | None
    began_ns: int


@dataclass
class ThreadTrace:
    """What is kept per thread."""

    execing: Unfinished | None = None
    interrupted: str = "system call"
    """The call that ``restart_syscall`` would go on with."""
    tallies: dict[str, Tally] = field(default_factory=dict)


class Strace(Tool[Sink, ThreadTrace]):
    """Prints the calls of one process."""

    def __init__(self, pid: Pid, config: StraceConfig) -> None:
        """Keep the configuration."""
        self._config = config
        self._now = clock_ns(config.clock)
        self._display = DisplayOptions(string_limit=config.string_limit, verbose=config.verbose)

    @classmethod
    def subscriptions(cls, config: StraceConfig) -> Subscription:
        """Want what ``-e trace`` says; the kernel's filter leaves the rest alone."""
        return config.wanted

    async def handle_thread_start(self, guest: Guest[Sink, ThreadTrace]) -> None:
        """Note that there is one more."""
        await guest.call(Sink.thread_started)

    async def handle_syscall_event(self, guest: Guest[Sink, ThreadTrace], call: Syscall) -> int:
        """Execute the call and print it with its result."""
        if isinstance(call, Unknown) and call.abi in _FOREIGN and not self._config.wanted.everything_else:
            await guest.tail_inject(call)  # a number of i386 or x32, of which nobody can say whether -e names it
        began = self._now()
        if call.sysno in _EXITS:
            await self._print(guest, call, None, began)
            await guest.tail_inject(call)
        if call.sysno in _EXECS:
            guest.thread_state.execing = self._unfinished(guest, call, began)
        try:
            raw = await guest.inject(call)
        except SyscallError as error:
            raw = -error.errno
        guest.thread_state.execing = None
        await self._print(guest, call, raw, began)
        if raw == _TO_BE_RESUMED:
            guest.thread_state.interrupted = call.name
        return raw

    async def handle_post_exec(self, guest: Guest[Sink, ThreadTrace]) -> None:
        """Finish the line of the exec that succeeded."""
        execing, guest.thread_state.execing = guest.thread_state.execing, None
        if execing is None:
            return
        spent = self._now() - execing.began_ns
        self._count(guest.thread_state, execing.name, 0, spent)
        if execing.json is not None:
            execing.json |= {"result": 0, "error": None}
            line = self._json_line("syscall", guest.tid, execing.began_ns, spent, execing.json)
            await guest.call(Sink.write_json, line)
        elif self._config.form is OutputForm.TEXT:
            result = "0" + (duration(spent) if self._config.durations else "")
            await guest.call(Sink.write, execing.began_ns, execing.text, result)

    async def handle_signal_event(self, guest: Guest[Sink, ThreadTrace], signal: Signal) -> Signal | None:
        """Print the signal with what came with it."""
        if signal in self._config.signals:
            info = guest.siginfo()
            if self._config.form is OutputForm.JSON:
                about = {"name": signal.name, "siginfo": format_siginfo(info)}
                await guest.call(Sink.write_json, self._json_line("signal", guest.tid, self._now(), None, about))
            elif self._config.form is OutputForm.TEXT:
                await guest.call(Sink.write, self._now(), f"--- {signal.name} {format_siginfo(info)} ---", None)
        return signal

    async def on_exit_thread(self, tid: Tid, rpc: Rpc[Sink], state: ThreadTrace, status: ExitStatus) -> None:
        """Print how the thread ended, or that it was left, and hand its part of the summary on."""
        if self._config.form is OutputForm.JSON:
            about: dict[str, Any] = {"code": status.code, "signal": status.signal, "core_dumped": status.core_dumped}
            if status.is_running:
                about = {"detached": True}
            await rpc.call(Sink.write_json, self._json_line("exit", tid, self._now(), None, about))
        elif self._config.form is OutputForm.TEXT and not self._config.quiet:
            text = "<detached ...>" if status.is_running else f"+++ {status} +++"
            await rpc.call(Sink.write, self._now(), text, None)
        await rpc.call(Sink.thread_ended, state.tallies)

    async def _print(self, guest: Guest[Sink, ThreadTrace], call: Syscall, raw: int | None, began: int) -> None:
        spent = self._now() - began
        if raw is not None:
            self._count(guest.thread_state, call.name, raw, spent)
        match self._config.form:
            case OutputForm.TEXT:
                text, result = format_parts(call, guest.memory, raw, self._display)
                if call.sysno is Sysno.restart_syscall:
                    text = f"restart_syscall(<... resuming interrupted {guest.thread_state.interrupted} ...>)"
                if self._config.durations and raw is not None:
                    result += duration(spent)
                await guest.call(Sink.write, began, text, result)
            case OutputForm.JSON:
                about = to_json(call, guest.memory, raw)
                timed = None if raw is None else spent
                await guest.call(Sink.write_json, self._json_line("syscall", guest.tid, began, timed, about))
            case OutputForm.SUMMARY:
                pass

    def _unfinished(self, guest: Guest[Sink, ThreadTrace], call: Syscall, began: int) -> Unfinished:
        as_json = to_json(call, guest.memory, None) if self._config.form is OutputForm.JSON else None
        text = format_call(call, guest.memory, None, self._display) if self._config.form is OutputForm.TEXT else ""
        return Unfinished(call.name, text, as_json, began)

    def _count(self, state: ThreadTrace, name: str, raw: int, spent: int) -> None:
        if self._config.form is OutputForm.SUMMARY:
            tally = state.tallies.setdefault(name, Tally())
            tally.calls += 1
            tally.errors += -4095 <= raw < 0
            tally.nanoseconds += spent

    def _json_line(self, kind: str, tid: int, began_ns: int, spent_ns: int | None, about: dict[str, Any]) -> str:
        head: dict[str, Any] = {"type": kind, "tid": tid, "time_ns": began_ns}
        if spent_ns is not None:
            head["duration_ns"] = spent_ns
        return json.dumps(head | about)


__all__ = ["Strace", "ThreadTrace", "Unfinished"]
