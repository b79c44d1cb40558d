"""The fixtures of all tests, and the last lines of a run."""

from collections.abc import Iterator

import hypothesis
import pytest

from tests.support.backends import BackendUnderTest, installed
from tests.support.compile import CompileGuest, compile_guest
from tests.support.leftovers import Picture, reap
from tests.support.needs import missing

# A deadline for an example would measure the machine: each test has its time limit.
hypothesis.settings.register_profile("reverie", deadline=None)
hypothesis.settings.load_profile("reverie")


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """Fail a test that leaves a child, a tracee, a thread or a descriptor behind."""
    before = Picture.take()
    yield
    lines = before.left_over()
    reap(before.children_left(Picture.take()))
    if lines:
        pytest.fail("left over by this test:\n  " + "\n  ".join(lines), pytrace=False)


@pytest.fixture(scope="session")
def guest() -> CompileGuest:
    """Compile a guest by its name: `guest("exit42")` is the path of the program."""
    return compile_guest


@pytest.fixture(params=installed(), ids=str)
def backend(request: pytest.FixtureRequest) -> BackendUnderTest:
    """Give each installed backend on each event loop."""
    assert isinstance(request.param, BackendUnderTest)
    return request.param


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each missing program, so that no test is skipped silently."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = [report.longrepr[2] for report in reports if isinstance(report.longrepr, tuple)]
    if lines := missing(reasons):
        terminalreporter.section("missing programs")
        for line in lines:
            terminalreporter.write_line(line)
