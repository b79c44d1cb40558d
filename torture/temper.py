"""How a round's tool behaves: a value made from the seed, and the numbers that its decisions are made from."""

import random
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from reverie import Subscription
from reverie.subscription import NEVER_TOLD
from reverie.syscalls import Sysno


class Act(Enum):
    """What a handler does about a system call. All but the last group leave the guest's outcome as it is."""

    PASS = auto()
    INJECT = auto()
    MORE_AND_PASS = auto()
    """Other calls first, then the call itself as the last act."""
    MORE_AND_INJECT = auto()
    INJECT_AND_MORE = auto()
    RESTART = auto()
    """Say ERESTARTSYS instead of executing it: the guest issues the call again."""
    WAIT_AND_PASS = auto()
    INJECT_AND_WAIT = auto()
    IMPATIENT = auto()
    """Inject a sleep that a time limit of the handler's own ends, then pass."""
    GIVE_UP = auto()
    """Inject the call itself under a time limit of the handler's own, and then again, if it may be repeated."""
    LOOK = auto()
    """Read registers and memory, set the registers to what they are."""
    ON_THE_STACK = auto()
    """Inject a call that writes to room on the guest's stack."""
    IN_A_TASK = auto()
    """Inject from a task group of the handler's own."""
    TELL = auto()
    """Send a message to the global state."""
    ANSWER = auto()
    """Give the result without the call, where it is known."""


class Aim(Enum):
    """What a round is about."""

    COMPARE = auto()
    """The outcome is the native one."""
    KILL = auto()
    """The tool kills processes; the run ends."""
    RAISE = auto()
    """A handler raises; the run ends with a ToolError."""
    TIMEOUT = auto()
    CONTROL = auto()
    """The run is ended from another thread."""
    CANCEL = auto()
    """``reverie.arun`` is cancelled."""
    ATTACH = auto()
    """The tool is put on the guest while it runs, and perhaps leaves it again; the outcome is the native one."""


class Place(Enum):
    """Where a tool raises."""

    MAKE_PROCESS = auto()
    MAKE_THREAD = auto()
    START = auto()
    EXEC = auto()
    SYSCALL = auto()
    SIGNAL = auto()
    EXIT_THREAD = auto()
    EXIT_PROCESS = auto()


_MASK: Final = (1 << 64) - 1


def mix(*numbers: int) -> int:
    """Return 64 bits that depend on all of the numbers: the finalizer of splitmix64, chained."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ number) & _MASK
        state = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ state >> 27) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state


@dataclass(frozen=True, slots=True)
class Temper:
    """What a tool does, and how often."""

    seed: int
    subscription: Subscription
    acts: tuple[Act, ...]
    """Each call's is one of these: the more often it stands here, the likelier."""
    busy: int
    """In how many of 100 other events (starts, execs, signals) the handler injects."""
    slow: int
    """In how many of 100 events a handler that waits does so for a time, and not for a turn of the loop."""
    slow_us: int
    aim: Aim
    place: Place | None
    """Where it raises."""
    after: int
    """How many events pass before it kills or raises; milliseconds before the run is ended or left from outside."""
    delay_us: int
    """How long the guest has run when the tool is put on it."""
    leaves: bool
    """Whether it is left again."""
    daemons: bool
    """When killing: let processes be daemons too."""

    def __str__(self) -> str:
        acts = " ".join(f"{act.name}*{self.acts.count(act)}" for act in Act if act in self.acts)
        wanted = "every call" if self.subscription.everything_else else f"{len(self.subscription.syscalls)} calls"
        place = f" in {self.place.name}" if self.place else ""
        daemons = " and daemonizes" if self.daemons else ""
        attached = f" at {self.delay_us} µs{', leaves' if self.leaves else ''}" if self.aim is Aim.ATTACH else ""
        return (
            f"{self.aim.name}{attached}{place} after {self.after}{daemons}; {wanted}: {acts};"
            f" busy {self.busy}%, slow {self.slow}% of {self.slow_us} µs"
        )


_AIMS: Final = (
    [Aim.COMPARE] * 14 + [Aim.KILL] * 3 + [Aim.RAISE] * 2 + [Aim.TIMEOUT, Aim.CONTROL, Aim.CANCEL] + [Aim.ATTACH] * 2
)


def temper(seed: int, aim: Aim | None = None) -> Temper:
    """Return the temper of a seed; with an aim, that of the seed but for the aim."""
    chance = random.Random(mix(seed, 1))
    acts = _acts(chance)
    drawn = chance.choice(_AIMS)
    place = chance.choice(list(Place))
    aim = aim or drawn
    return Temper(
        seed=seed,
        subscription=_subscription(chance),
        acts=acts,
        busy=chance.choice([0, 0, 20, 60, 100]),
        slow=chance.choice([0, 0, 2, 10]),
        slow_us=chance.choice([50, 300, 2000]),
        aim=aim,
        place=place if aim is Aim.RAISE else None,
        after=chance.choice([chance.randint(0, 4), chance.randint(0, 40), chance.randint(0, 200)]),
        delay_us=chance.choice([0, chance.randint(0, 3000), chance.randint(0, 30_000)]),
        leaves=chance.random() < 0.6,
        daemons=aim is Aim.KILL and chance.random() < 0.3,
    )


def _acts(chance: random.Random) -> tuple[Act, ...]:
    kind = chance.random()
    if kind < 0.1:
        return (Act.PASS,)
    if kind < 0.2:
        return (Act.INJECT,)
    if kind < 0.35:
        return (*chance.choices(list(Act), k=2), Act.PASS)
    few = chance.sample(list(Act), chance.randint(2, len(Act)))
    # RESTART alone would never come to an end.
    return (*few, *few, *chance.choices(few, k=3), Act.PASS, Act.INJECT)


def _subscription(chance: random.Random) -> Subscription:
    kind = chance.random()
    if kind < 0.6:
        return Subscription.all_syscalls()
    if kind < 0.7:
        return Subscription.none()
    share = chance.choice([0.1, 0.5, 0.9])
    wanted = (number for number in Subscription.all_syscalls() if number not in NEVER_TOLD and chance.random() < share)
    births = (Sysno.fork, Sysno.vfork, Sysno.clone, Sysno.clone3, Sysno.execve, Sysno.exit, Sysno.exit_group)
    return Subscription.of(*wanted, *(births if chance.random() < 0.5 else ()))


__all__ = ["Act", "Aim", "Place", "Temper", "mix", "temper"]
