"""The front door opens quickly, and what it offers is there."""

import subprocess
import sys

import reverie_syscalls


def test_everything_in_all_is_there() -> None:
    assert len(set(reverie_syscalls.__all__)) == len(reverie_syscalls.__all__)
    assert [name for name in reverie_syscalls.__all__ if not hasattr(reverie_syscalls, name)] == []


def test_importing_it_loads_neither_flags_nor_structs() -> None:
    program = (
        "import sys, reverie_syscalls as r\n"
        "r.decode(257, (3, 0, 0, 0, 0, 0)).replace(dirfd=4)\n"
        "print([name for name in sys.modules if name.startswith(('reverie_syscalls.args.flags',"
        " 'reverie_syscalls.args.structs'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_it_needs_nothing_but_the_standard_library() -> None:
    program = (
        "import sys, reverie_syscalls.display, reverie_syscalls.text.special, reverie_syscalls.jsonvalues\n"
        "print({name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    # -S: no site-packages, whose start-up files may import anything
    path = f"import sys; sys.path.append({str(reverie_syscalls.__path__[0]).rpartition('/')[0]!r})\n"
    done = subprocess.run([sys.executable, "-S", "-c", path + program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert set(done.stdout.strip("{}\n").replace("'", "").split(", ")) == {"__main__", "reverie_syscalls"}
