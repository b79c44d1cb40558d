"""What the tools of several files begin with."""

from typing import Any

from reverie import Subscription, Tool
from reverie.syscalls import Sysno
from tests.contract.journal import Journal


class Only(Tool[Journal, None]):
    """The base of tools that want the calls that their config names."""

    @classmethod
    def subscriptions(cls, config: Any) -> Subscription:
        return Subscription.of(Sysno.getppid, Sysno.open, Sysno.write, Sysno.uname, Sysno.tgkill)
