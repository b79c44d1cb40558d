"""Rounds go well; one that does not says how, and leaves nothing behind."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from reverie.backend import EventLoop
from tests.support.compile import CompileGuest
from torture.__main__ import main
from torture.plan import Plan, Step
from torture.program import compile_program
from torture.rounds import Limits, Outcome, Round, play
from torture.temper import Aim, temper

SEED = 3


@pytest.fixture(scope="session")
def program() -> Path:
    """Compile the guest."""
    return compile_program()


def play_plan(program: Path, plan: Plan, limits: Limits, aim: Aim = Aim.COMPARE) -> Outcome:
    """Play a plan of our own."""
    return play(program, Round(SEED, plan, temper(SEED, aim), limits.event_loop or "asyncio"), limits)


@pytest.mark.parametrize("event_loop", ["asyncio", "trio"])
@pytest.mark.parametrize("aim", [Aim.COMPARE, Aim.KILL, Aim.RAISE], ids=lambda aim: aim.name.lower())
def test_a_round_goes_well(aim: Aim, event_loop: EventLoop, program: Path) -> None:
    limits = Limits(seconds=30, aim=aim, event_loop=event_loop)
    outcome = play(program, Round.of(SEED, limits), limits)
    assert outcome.complaints == []


def test_another_outcome_than_the_plan_s_is_told(program: Path) -> None:
    wrong = Plan((Step("trap", 1, (1,)), Step("exit", 3, (7, 0, 0))), status=8 << 8)
    natively = play_plan(program, wrong, Limits())
    assert natively.guest_fault
    assert natively.complaints == ["natively: the root exited with 7; it should have: exited with 8"]
    traced = play_plan(program, wrong, Limits(natively=False))
    assert traced.complaints == ["the root exited with 7; it should have: exited with 8"]


def test_a_step_that_finds_something_else_is_told(program: Path) -> None:
    # A child that exits with 2, where its parent wants 3.
    child = Step("fork", 1, (1, 3 << 8), (Step("exit", 2, (2, 0, 0)),))
    outcome = play_plan(program, Plan((child, Step("exit", 3, (0, 0, 0))), status=0), Limits(natively=False))
    assert any("FAILED fork 1" in line and "found 512" in line for line in outcome.complaints)
    assert "it did not write 'ok 1'" in outcome.complaints


@pytest.mark.parametrize("event_loop", ["asyncio", "trio"])
def test_a_run_that_hangs_is_shown_and_ended(event_loop: EventLoop, guest: CompileGuest) -> None:
    limits = Limits(seconds=0.3, natively=False, event_loop=event_loop)
    outcome = play_plan(guest("wait_forever"), Plan((), status=0), limits)
    assert outcome.complaints[:2] == ["the run hung", "still running after 0.3 s"]
    text = "\n".join(outcome.complaints)
    assert "TracerPid:" in text
    assert "our thread reverie-tracer:" in text
    assert "Tracee(tid=" in text
    assert "left" not in text and "still runs" not in text


def test_a_failure_names_the_seed_that_runs_it_again(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    plan = Plan((Step("exit", 1, (7, 0, 0)),), status=8 << 8)
    monkeypatch.setattr("torture.rounds.grow", lambda seed: plan)
    done = CliRunner().invoke(main, ["--seed", "5", "--rounds", "2", "--no-native", "--aim", "compare"])
    assert done.exit_code == 1
    assert "FAILED: seed 5 on trio" in done.output
    assert "again: hatch run torture --seed 5 --rounds 1" in done.output
    assert "1 rounds" in done.output


def test_rounds_that_go_well_are_summed_up() -> None:
    done = CliRunner().invoke(main, ["--seed", "3", "--rounds", "2"])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "rounds from seed 3 on"
    assert done.output.splitlines()[-1].endswith("0 failed")
