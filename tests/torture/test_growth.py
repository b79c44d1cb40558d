"""A plan comes from its seed alone, is no larger than its budget, and can have one outcome only."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from reverie.subscription import NEVER_TOLD
from torture.growth import grow
from torture.plan import ENDINGS, Step
from torture.temper import Act, temper

SEEDS = st.integers(0, 1 << 64)
NEW_PROCESSES = {"fork", "vexec", "orphan", "exec"}
"""Steps whose body is carried out by a process with signal numbers of its own."""
OWN_SIGNALS = {"queue", "storm", "blocked", "timer", "sleep", "woken", "everyone", "altstack", "nest", "crowd"}
LARGEST_BYTES = 128 * 1024
"""An argument may be no longer: MAX_ARG_STRLEN, linux/binfmts.h."""


def processes(body: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yield the body of each process, without those of the processes that it makes."""
    yield body
    for step in of_one_process(body):
        if step.name in NEW_PROCESSES:
            yield from processes(step.body)


def of_one_process(body: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps that one process carries out, its threads' included."""
    for step in body:
        yield step
        if step.name not in NEW_PROCESSES:
            yield from of_one_process(step.body)


@given(SEEDS)
def test_a_seed_has_one_plan_and_one_temper(seed: int) -> None:
    assert grow(seed) == grow(seed)
    assert str(grow(seed)) == str(grow(seed))
    assert temper(seed) == temper(seed)


def test_seeds_differ() -> None:
    assert len({str(grow(seed)) for seed in range(100)}) > 95
    assert len({str(temper(seed)) for seed in range(100)}) > 95


@given(SEEDS, st.integers(0, 60))
def test_a_plan_is_no_larger_than_its_budget(seed: int, budget: int) -> None:
    plan = grow(seed, budget)
    assert sum(step.name not in ENDINGS for step in plan.walk()) <= budget
    assert len(str(plan)) < LARGEST_BYTES


@given(SEEDS)
def test_every_step_has_an_id_of_its_own(seed: int) -> None:
    ids = sorted(step.id for step in grow(seed).walk())
    assert ids == list(range(1, len(ids) + 1))
    assert len(grow(seed).output) == len(ids)


@given(SEEDS)
def test_a_process_ends_with_its_last_step_and_with_no_other(seed: int) -> None:
    for body in processes(grow(seed).steps):
        assert body[-1].name in ENDINGS
        assert [step for step in of_one_process(body) if step.name in ENDINGS] == [body[-1]]


@given(SEEDS)
def test_no_two_steps_of_a_process_have_the_same_signal(seed: int) -> None:
    for body in processes(grow(seed).steps):
        numbers = [step.numbers[0] for step in of_one_process(body) if step.name in OWN_SIGNALS]
        numbers += [step.numbers[1] for step in of_one_process(body) if step.name == "nest"]
        assert len(numbers) == len(set(numbers))


@given(SEEDS)
def test_a_status_is_that_of_the_last_step(seed: int) -> None:
    plan = grow(seed)
    last = plan.steps[-1]
    while last.name == "exec":
        last = last.body[-1]
    assert plan.status == (last.numbers[0] if last.name == "die" else last.numbers[0] << 8)


@given(SEEDS)
def test_a_tool_wants_only_what_it_can_be_told_and_lets_calls_through(seed: int) -> None:
    found = temper(seed)
    assert found.subscription.everything_else or not found.subscription.syscalls & NEVER_TOLD
    assert set(found.acts) != {Act.RESTART}
