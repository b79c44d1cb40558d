"""What the kernel says of a thread in /proc/pid/status; proc(5). For rare questions: it costs a file."""

from pathlib import Path


def status_fields(tid: int | str, *names: str) -> dict[str, str]:
    """Return the named fields that the thread's status has.

    Raises:
        OSError: the thread is gone.
    """
    lines = Path(f"/proc/{tid}/status").read_text().splitlines()
    fields = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in fields if name in names}


__all__ = ["status_fields"]
