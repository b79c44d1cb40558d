"""From a seed to a plan: the same seed grows the same plan, and no plan is larger than its budget.

What must hold for a plan to have one outcome only:

1. A signal number belongs to one step of a process, so that no other takes its signals
   or changes its handler. A process has a pool of them; a child has one of its own.
2. A process's body ends with a step that ends or replaces it; a thread's does not.
3. A crowd's threads never end. They are in the way of what follows, and nothing that
   they do is seen. There is one crowd in a process at most.
4. A child by the bare clone or fork does not use the C library, nor do its threads and
   children: another thread may have held the library's locks. The guest sees to that.
"""

import random
import signal
from typing import Final

from torture.plan import CROWD_KINDS, SIGNALS_ITSELF, Plan, Step

_REALTIME: Final = range(34, 65)
"""The C library keeps 32 and 33 for itself."""
_STANDARD: Final = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGWINCH, signal.SIGURG, signal.SIGIO)
"""Signals that are queued once only; for steps that send one at a time."""
_DEADLY: Final = (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGALRM, 40)
"""Signals that end a process without dumping its core."""

_DEEPEST: Final = 4
_BUDGET: Final = 14
_MOST_IN_A_BODY: Final = 5
_BIRTHS: Final = 4
"""Ways to fork: enum in ``guest/births.h``."""


class _Process:
    """The signal numbers of one process that no step has yet."""

    def __init__(self, random_: random.Random) -> None:
        self.realtime = list(_REALTIME)
        self.standard: list[int] = list(_STANDARD)
        random_.shuffle(self.realtime)
        random_.shuffle(self.standard)
        self.interval_timers = {1: int(signal.SIGALRM), 2: int(signal.SIGPROF)}
        self.crowded = False


class _Growth:
    def __init__(self, seed: int, budget: int) -> None:
        self.random = random.Random(seed)
        self.budget = budget
        self.last_id = 0

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def process(self, depth: int) -> tuple[tuple[Step, ...], int]:
        """Grow the body of a process; return it with the wait status that it leads to."""
        process = _Process(self.random)
        steps = self.body(process, depth)
        last, status = self.ending(process, depth)
        return (*steps, last), status

    def body(self, process: _Process, depth: int) -> tuple[Step, ...]:
        steps = []
        for _ in range(self.number(1, _MOST_IN_A_BODY)):
            if self.budget <= 0:
                break
            self.budget -= 1
            steps.append(self.step(process, depth))
        return tuple(steps)

    def step(self, process: _Process, depth: int) -> Step:
        if depth < _DEEPEST and self.budget > 0 and self.random.random() < 0.45:
            name = self.random.choice(["fork", "fork", "thread", "thread", "vexec", "orphan"])
            return self.composite(name, process, depth + 1)
        if not process.crowded and self.random.random() < 0.08:
            process.crowded = True
            return Step("crowd", self.new_id(), (process.realtime.pop(), *self.crowd(4)))
        return self.leaf(process)

    def composite(self, name: str, process: _Process, depth: int) -> Step:
        own = self.new_id()
        how = self.number(0, _BIRTHS - 1)
        if name == "thread":
            return Step(name, own, (self.number(0, 1),), self.body(process, depth))
        body, status = self.process(depth)
        if name == "orphan":
            return Step(name, own, (how,), body)
        return Step(name, own, (how, status), body)

    def ending(self, process: _Process, depth: int) -> tuple[Step, int]:
        chance = self.random.random()
        own, bare = self.new_id(), self.number(0, 1)
        if chance < 0.15:
            signo = int(self.random.choice(_DEADLY))
            return Step("die", own, (signo,)), signo
        who = self.random.choice([0, 0, 1, 2])
        if chance < 0.4 and depth < _DEEPEST:
            body, status = self.process(depth + 1)
            return Step("exec", own, (self.number(0, 1), bare, who), body), status
        code = self.number(0, 60)
        return Step("exit", own, (code, bare, who)), code << 8

    def crowd(self, most: int, *, without: int = -1) -> tuple[int, ...]:
        kinds = [self.number(0, CROWD_KINDS - 1) for _ in range(self.number(1, most))]
        return tuple(kind for kind in kinds if kind != without)

    def leaf(self, process: _Process) -> Step:
        kinds = [self.plain, self.about_processes]
        if len(process.realtime) > 3:
            kinds += [self.about_signals, self.about_signals]
        name, numbers = self.random.choice(kinds)(process)
        return Step(name, self.new_id(), numbers)

    def plain(self, process: _Process) -> tuple[str, tuple[int, ...]]:
        number = self.number
        return self.random.choice(
            [
                ("calls", (number(1, 12), number(0, 3))),
                ("bytes", (self.random.choice([1, 500, 5000, 70000]), number(200, 999), number(0, 3))),
                ("pingpong", (number(1, 25), number(0, 1), number(0, 1))),
                ("fault", (number(1, 3),)),
                ("trap", (number(1, 3),)),
            ]
        )

    def about_processes(self, process: _Process) -> tuple[str, tuple[int, ...]]:
        number = self.number
        how = number(0, _BIRTHS - 1)
        signo = _REALTIME[0]
        return self.random.choice(
            [
                ("killed", (how, signo, number(0, 20), *self.crowd(6))),
                ("killed", (how, signo, number(0, 20), *self.crowd(6))),
                ("stop", (how, signo, number(1, 3), *self.crowd(4))),
                ("stopsleep", (how, number(0, 3))),
                ("grandchild", (how, number(0, 1))),
                ("vfork", (number(0, 3),)),
                ("shared", (self.random.choice([0, int(signal.SIGCHLD), int(signal.SIGPWR)]),)),
                ("family", (number(0, 5), how)),
            ]
        )

    def about_signals(self, process: _Process) -> tuple[str, tuple[int, ...]]:
        number = self.number
        how, signo = number(0, _BIRTHS - 1), process.realtime.pop()
        kinds = [
            ("queue", (signo, number(1, 12), number(0, 7), number(0, 1))),
            ("storm", (signo, number(1, 12), number(0, 6), number(0, 1), how)),
            ("blocked", (signo, number(1, 6), number(0, 2), number(0, 1), how)),
            ("timer", (signo, number(1, 3), 0, number(800, 3000), number(0, 2))),
            ("sleep", (signo, number(2, 9), number(0, 3), how)),
            ("woken", (signo, number(0, 1), how)),
            ("everyone", (signo, number(1, 20), how, *self.crowd(5, without=SIGNALS_ITSELF))),
        ]
        if process.standard:
            kinds.append(("altstack", (process.standard.pop(),)))
        if len(process.standard) > 1:
            kinds.append(("nest", (process.standard.pop(), process.realtime.pop(), number(1, 4))))
        if process.interval_timers:
            kind = self.random.choice(sorted(process.interval_timers))
            kinds.append(("timer", (process.interval_timers.pop(kind), number(1, 3), kind, number(800, 3000), how % 3)))
        return self.random.choice(kinds)


def grow(seed: int, budget: int = _BUDGET) -> Plan:
    """Grow the plan of a seed.

    Args:
        budget: how many steps it has at most, the endings of its processes not counted.
    """
    steps, status = _Growth(seed, budget).process(0)
    return Plan(steps, status)


__all__ = ["grow"]
