"""Every tracee has its turn, whatever order the kernel reports them in."""

from collections.abc import Iterator

import pytest

from reverie_ptrace.kernel.wait import NoTracees
from reverie_ptrace.stops import fair
from reverie_ptrace.stops.fair import FairWait

STOPPED = 5 << 8 | 0x7F
EXITED = 0


class Kernel:
    """Reports the lowest tid that has stopped, always."""

    def __init__(self) -> None:
        self.stopped: dict[int, int] = {}

    def block(self) -> tuple[int, int]:
        found = self.poll()
        assert found[0], "this would block for ever"
        return found

    def poll(self) -> tuple[int, int]:
        if not self.stopped:
            return 0, 0
        tid = min(self.stopped)
        return tid, self.stopped.pop(tid)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    kernel = Kernel()
    monkeypatch.setattr(fair, "Wait", lambda: kernel)
    yield kernel


def test_the_last_in_the_kernel_s_order_is_reported_though_the_first_ones_stop_again(kernel: Kernel) -> None:
    wait = FairWait()
    kernel.stopped = {1: STOPPED, 2: STOPPED, 3: STOPPED}
    for turn in range(100):
        tid, _ = wait.block()
        if tid == 3:
            assert 0 < turn <= 20
            return
        kernel.stopped[tid] = STOPPED
    pytest.fail("it was never reported")


def test_what_was_collected_comes_before_what_came_later_by_either_way(kernel: Kernel) -> None:
    wait = FairWait()
    for _ in range(15):
        kernel.stopped[1] = STOPPED
        assert wait.block()[0] == 1
    kernel.stopped = {5: STOPPED, 6: STOPPED, 7: STOPPED}
    assert wait.block()[0] == 5
    kernel.stopped = {1: STOPPED}
    assert (wait.poll()[0], wait.block()[0], wait.poll()[0]) == (6, 7, 1)
    assert wait.poll() == (0, 0)


def test_nothing_is_taken_behind_an_end_because_its_id_is_free_then(kernel: Kernel) -> None:
    wait = FairWait()
    for _ in range(15):
        kernel.stopped[1] = STOPPED
        wait.block()
    kernel.stopped = {2: STOPPED, 3: EXITED, 4: STOPPED}
    assert wait.block()[0] == 2
    assert set(kernel.stopped) == {4}
    assert wait.block() == (3, EXITED)
    assert wait.block()[0] == 4


def test_without_tracees_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty(Kernel):
        def poll(self) -> tuple[int, int]:
            raise NoTracees

    monkeypatch.setattr(fair, "Wait", Empty)
    with pytest.raises(NoTracees):
        FairWait().block()
