"""The table is read by people, and the JSON by machines."""

import json

from benchmarks.figures import Result, Spread, compare
from benchmarks.machine import Machine
from benchmarks.report import heading, line, to_json

MACHINE = Machine("Linux 6.18 x86_64", "CPython 3.13.0", 2, "some processor", "6.1", 0.5)
OURS = [4.0, 6.0, 5.0]
ALONE = Result("pass", "free", "µs/call", "reverie noop", Spread.of(OURS), None)
COMPARED = Result("pass", "pinned", "µs/call", "reverie noop", Spread.of(OURS), compare("strace -f", OURS, [8, 12, 5]))


def test_json_has_the_machine_and_a_row_for_each_result() -> None:
    assert json.loads(to_json(MACHINE, 3, False, [COMPARED, ALONE])) == {
        "schema": 1,
        "machine": {
            "kernel": "Linux 6.18 x86_64",
            "python": "CPython 3.13.0",
            "cpus": 2,
            "processor": "some processor",
            "strace": "6.1",
            "load": 0.5,
        },
        "runs": 3,
        "quick": False,
        "rows": [
            {
                "name": "pass",
                "placement": "pinned",
                "unit": "µs/call",
                "ours_name": "reverie noop",
                "ours": {"median": 5.0, "min": 4.0, "max": 6.0},
                "peer": {
                    "name": "strace -f",
                    "figures": {"median": 8, "min": 5, "max": 12},
                    "ratio": {"median": 0.5, "min": 0.5, "max": 1.0},
                },
            },
            {
                "name": "pass",
                "placement": "free",
                "unit": "µs/call",
                "ours_name": "reverie noop",
                "ours": {"median": 5.0, "min": 4.0, "max": 6.0},
                "peer": None,
            },
        ],
    }


def test_a_line_has_both_sides_and_their_ratio() -> None:
    words = " ".join(line(COMPARED).split())
    assert words == "pass 1 CPU 5.00 4.00 – 6.00 µs/call strace -f 8.00 0.50× 0.50 – 1.00"


def test_without_a_peer_our_columns_stand_alone() -> None:
    assert " ".join(line(ALONE).split()) == "pass free 5.00 4.00 – 6.00 µs/call"
    assert not any("peer" in text for text in heading(MACHINE, 3, with_peers=False)[3:])
