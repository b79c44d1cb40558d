"""The results for people, a line at a time, and for machines."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Final

from benchmarks.figures import Result, Spread
from benchmarks.machine import Machine
from benchmarks.rows import ROWS

SCHEMA: Final = 1
"""Raised when a reader of the JSON would have to change."""

_NAME_WIDTH: Final = max(len(row.name) for row in ROWS)
_PEER_WIDTH: Final = max(len(row.peer.name) for row in ROWS)


def heading(machine: Machine, runs: int, *, with_peers: bool) -> list[str]:
    """Return the lines above the table."""
    columns = _columns("row", "on", "ours", "min – max", "unit")
    if with_peers:
        columns += _peer_columns("peer", "peer's", "ratio", "min – max")
    return [
        str(machine),
        f"medians of {runs} alternating run{'s' if runs != 1 else ''}; ratio: ours / peer, pair by pair",
        "",
        columns.rstrip(),
        "-" * len(columns.rstrip()),
    ]


def line(result: Result) -> str:
    """Return a row of the table."""
    on = "1 CPU" if result.placement == "pinned" else "free"
    text = _columns(result.name, on, _number(result.ours.median), _ends(result.ours), result.unit)
    if result.peer is not None:
        peer = result.peer
        ratio = f"{peer.ratio.median:.2f}×"
        ends = f"{peer.ratio.min:.2f} – {peer.ratio.max:.2f}"
        text += _peer_columns(peer.name, _number(peer.figures.median), ratio, ends)
    return text.rstrip()


def to_json(machine: Machine, runs: int, quick: bool, results: Sequence[Result]) -> str:
    """Return everything as JSON text. docs/performance.md explains the fields."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "machine": dataclasses.asdict(machine),
        "runs": runs,
        "quick": quick,
        "rows": [dataclasses.asdict(result) for result in results],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _columns(name: str, on: str, median: str, ends: str, unit: str) -> str:
    return f"{name:<{_NAME_WIDTH}}  {on:<5}  {median:>7}  {ends:>15}  {unit:<8}"


def _peer_columns(name: str, median: str, ratio: str, ends: str) -> str:
    return f"  {name:<{_PEER_WIDTH}}  {median:>7}  {ratio:>7}  {ends:>15}"


def _ends(spread: Spread) -> str:
    return f"{_number(spread.min)} – {_number(spread.max)}"


def _number(value: float) -> str:
    """Write three digits that count: more would be noise here."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


__all__ = ["SCHEMA", "heading", "line", "to_json"]
