"""How a command ends when nobody traces it."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from reverie import ExitStatus


def ends_natively(words: Sequence[str | Path], folder: Path) -> ExitStatus:
    """Run a command in a folder and return its status, with whether it left a core.

    That depends on the machine (core(5), /proc/sys/kernel/core_pattern), and the
    subprocess module does not tell it.
    """
    process = subprocess.Popen([str(word) for word in words], cwd=folder)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # so that it is not waited for again
    return ExitStatus.from_raw(status)
