"""Facts about the machine, without which a figure means nothing."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were taken on."""

    kernel: str
    python: str
    cpus: int
    """How many of them we may use."""
    processor: str
    strace: str | None
    load: float
    """Runnable threads over the last minute: above 0 we were not alone."""

    @classmethod
    def look(cls) -> Self:
        """Look at this one."""
        return cls(
            kernel=f"{platform.system()} {platform.release()} {platform.machine()}",
            python=f"{platform.python_implementation()} {platform.python_version()}",
            cpus=len(os.sched_getaffinity(0)),
            processor=_processor(),
            strace=_strace_version(),
            load=round(os.getloadavg()[0], 2),
        )

    def __str__(self) -> str:
        strace = f"strace {self.strace}" if self.strace else "no strace"
        cpus = f"{self.cpus} CPU{'s' if self.cpus != 1 else ''} ({self.processor})"
        return f"{self.kernel}, {cpus}, {self.python}, {strace}, load {self.load:g}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [
        value.strip() for name, _, value in (line.partition(":") for line in lines) if name.strip() == "model name"
    ]
    return names[0] if names else "unknown"


def _strace_version() -> str | None:
    if shutil.which("strace") is None:
        return None
    shown = subprocess.run(["strace", "-V"], capture_output=True, text=True).stdout
    first = shown.partition("\n")[0]  # "strace -- version 6.1"
    return first.rpartition(" ")[2] or "unknown"


__all__ = ["Machine"]
