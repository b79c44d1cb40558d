"""Let everything pass: what it costs to watch, and nothing else.

Usage:  reverie noop [--subscribe none|syscalls|all] COMMAND...
Shows:  the smallest tool there is, and a subscription that depends on an option.
Costs:  nothing per call with ``none``; one stop per call with ``syscalls``.
"""

from typing import Any

import click

from reverie import GlobalTool, Guest, RunResult, Subscription, Tool
from reverie.cli import Launch, tool_command
from reverie.syscalls import Syscall

WANTED = {
    "none": Subscription.none(),
    "syscalls": Subscription.all_syscalls(),
    "all": Subscription.all(),
}


class Nothing(GlobalTool[str]):
    """No state; the configuration is the name of a subscription."""


class Noop(Tool[Nothing, None]):
    """Passes every event through."""

    @classmethod
    def subscriptions(cls, config: str) -> Subscription:
        """Want what the option says."""
        return WANTED[config or "none"]

    async def handle_syscall_event(self, guest: Guest[Nothing, None], call: Syscall) -> int:
        """Execute the call as it is."""
        await guest.tail_inject(call)


@tool_command("noop")
@click.option(
    "--subscribe",
    type=click.Choice(list(WANTED)),
    default="none",
    show_default=True,
    help="Which events to stop at and pass through.",
)
def command(launch: Launch, subscribe: str) -> RunResult[Any]:
    """Run COMMAND and change nothing."""
    return launch(Noop, subscribe)
