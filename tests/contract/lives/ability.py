"""Whether this machine lets a guest do what it is about: the guest itself finds out."""

import subprocess

import pytest

from tests.support.compile import CompileGuest

LACKS = 77
"""The exit code of a guest that may not do what it is about here."""

_NAMESPACES = "user and pid namespaces: user.max_user_namespaces, and what confines this process, have to allow them"
NEEDS = {
    "clone_same_tid": "CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE, to choose a process's id",
    "clone_set_tid": _NAMESPACES,
    "namespace_init_ends": _NAMESPACES,
    "namespace_lives": _NAMESPACES,
    "vsyscall_time": "a vsyscall page: boot with vsyscall=emulate or vsyscall=xonly",
}
"""What each such guest needs."""


def skip_unless_able(words: list[str], guest: CompileGuest) -> None:
    """Run the guest natively; skip the test where the machine does not let it, and fail where it fails."""
    code = subprocess.run([guest(words[0]), *words[1:]]).returncode
    if code == LACKS:
        pytest.skip(f"needs {NEEDS[words[0]]}")
    assert code == 0
