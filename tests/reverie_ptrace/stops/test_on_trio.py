"""Two stops in one turn of trio's loop: the second is routed before the first one's task has run."""

import time

import pytest

import reverie
from reverie import ExitStatus, GlobalTool, Subscription, Tool
from reverie_ptrace.kernel.layouts import EventCode
from reverie_ptrace.stops import on_trio
from reverie_ptrace.stops.fair import FairWait
from reverie_ptrace.stops.host import Deliver
from reverie_ptrace.stops.on_trio import TrioHost
from tests.support.compile import CompileGuest

BIRTHS = (EventCode.FORK, EventCode.VFORK, EventCode.CLONE)


class Nothing(Tool[GlobalTool[None], None]):
    """Wants nothing."""

    @classmethod
    def subscriptions(cls, config: object) -> Subscription:
        return Subscription.none()


@pytest.mark.parametrize("name", ["clone_sibling", "clone_parent", "fork_many", "threads_nested"])
def test_a_newborn_that_is_met_before_its_announcement_is_taken_charge_of_once(
    name: str, guest: CompileGuest, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pairs(FairWait):
        """Gives no birth stop before the newborn's own first stop is there too, unless that came first."""

        def block(self) -> tuple[int, int]:
            found = super().block()
            for _ in range(50 if found[1] >> 16 in BIRTHS else 0):
                time.sleep(0.001)
                other = self.poll()
                if other[0]:
                    self._collected.append(other)
                    break
            return found

    def wait_for_both(host: TrioHost, wait: FairWait, deliver: Deliver) -> None:
        wait_for_one(host, wait, deliver)
        while wait._collected:
            wait_for_one(host, wait, deliver)

    wait_for_one = TrioHost._wait
    monkeypatch.setattr(on_trio, "FairWait", Pairs)
    monkeypatch.setattr(TrioHost, "_wait", wait_for_both)
    run = reverie.run(Nothing, [str(guest(name, ("-pthread",)))], event_loop="trio", timeout=20)
    assert run.status == ExitStatus.exited(0)
