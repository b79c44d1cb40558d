"""Can we trace here? If not, what to change."""

import os
import platform


def why_not() -> str | None:
    """Return why this machine cannot be traced on at all, or None."""
    if platform.system() != "Linux" or os.uname().machine != "x86_64":
        return f"the ptrace backend runs on Linux on x86-64, and this is {platform.system()} on {os.uname().machine}"
    return None


__all__ = ["why_not"]
