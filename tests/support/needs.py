"""Skip what needs a program that is not there, and say in the end what to install."""

import shutil
from collections import Counter
from collections.abc import Iterable

import pytest

DEBIAN_PACKAGES = {
    "gcc": "gcc",
    "gdb": "gdb",
    "git": "git",
    "make": "make",
    "node": "nodejs",
    "perl": "perl",
    "strace": "strace",
}
"""The optional programs, each with the Debian package that brings it."""

_PREFIX = "needs "


def needs(program: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test on machines without the program.

    Raises:
        KeyError: the program is not in DEBIAN_PACKAGES; add it there.
    """
    reason = f"{_PREFIX}{program}: apt-get install {DEBIAN_PACKAGES[program]}"
    return pytest.mark.skipif(shutil.which(program) is None, reason=reason)


def missing(skip_reasons: Iterable[str]) -> list[str]:
    """Return one line for each program that tests were skipped for."""
    counts = Counter(
        reason.removeprefix("Skipped: ")
        for reason in skip_reasons
        if reason.removeprefix("Skipped: ").startswith(_PREFIX)
    )
    return [f"{count} skipped, {reason}" for reason, count in sorted(counts.items())]
