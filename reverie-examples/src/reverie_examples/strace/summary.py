"""The table of ``-c``: calls, errors and time per system call. The time is wall-clock time in the call."""

from collections.abc import Mapping

from reverie_examples.strace.sink import Tally

_RULE = "------ ----------- ----------- --------- --------- ----------------"
_HEAD = "% time     seconds  usecs/call     calls    errors syscall"


def summary_table(tallies: Mapping[str, Tally]) -> str:
    """Return the table as strace lays it out, the most expensive call first."""
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    rows = [
        _row(name, tally, total.nanoseconds)
        for name, tally in sorted(tallies.items(), key=lambda item: (-item[1].nanoseconds, item[0]))
    ]
    return "\n".join([_HEAD, _RULE, *rows, _RULE, _row("total", total, total.nanoseconds)]) + "\n"


def _row(name: str, tally: Tally, whole: int) -> str:
    share = 100 * tally.nanoseconds / whole if whole else 0.0
    seconds = tally.nanoseconds / 1e9
    each = tally.nanoseconds // 1000 // max(tally.calls, 1)
    return f"{share:6.2f} {seconds:11.6f} {each:11d} {tally.calls:9d} {tally.errors or '':>9} {name}"


__all__ = ["summary_table"]
