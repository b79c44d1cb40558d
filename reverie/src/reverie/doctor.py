"""What this machine and container can do, and for each "no" what to change."""

import os
import platform
from collections.abc import Callable

from reverie.backend.contract import Check
from reverie.backend.registry import find, installed


def examine(say: Callable[[str], None]) -> int:
    """Print what each backend finds here; return 0 when one of them can run, else 1."""
    uname = os.uname()
    say(f"{uname.sysname} {uname.release} on {uname.machine}, Python {platform.python_version()}, user {os.geteuid()}")
    usable = False
    for name in sorted(installed()):
        backend = find(name)
        reason = backend.unavailable()
        usable = usable or reason is None
        say(f"\nbackend {name}: {'ready' if reason is None else 'cannot run: ' + reason}")
        for check in backend.checks():
            say(_line(check))
    if not installed():
        say("\nno backend is installed: pip install reverie-ptrace")
    return 0 if usable else 1


def _line(check: Check) -> str:
    mark = "yes" if check.passed else ("no " if check.required else "-- ")
    line = f"  {mark} {check.name}"
    if check.finding:
        line += f": {check.finding}"
    if not check.passed and check.remedy:
        line += f"\n        {check.remedy}"
    return line


__all__ = ["examine"]
