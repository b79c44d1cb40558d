"""`reverie doctor` says what this machine can do, and for each "no" what to change."""

import os
import platform
import re
import subprocess

from tests.reverie_examples.running import REVERIE, lines_of, reverie, start


def test_it_says_where_it_runs_and_that_a_backend_is_ready() -> None:
    run = reverie("doctor")
    assert (run.returncode, run.stderr) == (0, b"")
    lines = lines_of(run.stdout)
    assert os.uname().release in lines[0]
    assert platform.python_version() in lines[0]
    assert "backend ptrace: ready" in lines


def test_every_line_of_a_check_begins_with_its_answer_and_every_no_has_its_remedy() -> None:
    lines = lines_of(reverie("doctor").stdout)
    checks = lines[lines.index("backend ptrace: ready") + 1 :]
    assert len(checks) >= 6
    for number, line in enumerate(checks):
        if re.match(r"  (no|--) ", line):
            assert checks[number + 1].startswith("        "), f"no remedy after: {line}"
        else:
            assert re.match(r"  yes |        ", line), line


def test_it_tries_out_what_a_user_would_ask_for() -> None:
    text = reverie("doctor").stdout.decode().lower()
    for subject in ("ptrace", "seccomp", "yama", "cpuid", "tsc", "pmu", "memory"):
        assert subject in text, subject


def test_it_says_the_same_twice() -> None:
    assert reverie("doctor").stdout == reverie("doctor").stdout


def test_its_output_can_be_cut_short() -> None:
    """As in `reverie doctor | head -1`."""

    with start("doctor", stdin=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
        process.wait(30)
    assert b"Traceback" not in said
    assert b"internal error" not in said


def test_within_a_trace_it_says_that_something_traces_it() -> None:
    """Under another tracer a child can still be traced, or it says no; it never hangs or shows a traceback."""

    run = reverie("noop", REVERIE, "doctor")
    assert run.returncode in (0, 1)
    assert b"Traceback" not in run.stderr
