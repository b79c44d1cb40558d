"""The calls that Python's os lacks: each works, and each failure is an OSError."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
import threading

import pytest

from reverie_process import libc


def in_a_process(code: str) -> str:
    """Run code that changes the process it runs in; return what it printed."""
    words = [sys.executable, "-c", f"import os, signal, threading\nfrom reverie_process import libc\n{code}"]
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


def test_errno_becomes_an_os_error_of_its_kind() -> None:
    ctypes.set_errno(errno.ESRCH)
    error = libc.os_error()
    assert isinstance(error, ProcessLookupError)
    assert (error.errno, error.strerror) == (errno.ESRCH, os.strerror(errno.ESRCH))


def test_errno_is_each_threads_own() -> None:
    ctypes.set_errno(errno.EPERM)
    thread = threading.Thread(target=ctypes.set_errno, args=(errno.ENOENT,))
    thread.start()
    thread.join()
    assert libc.os_error().errno == errno.EPERM


def test_new_privileges_are_given_up_for_good() -> None:
    code = "print(libc.get_no_new_privs()); libc.set_no_new_privs(); print(libc.get_no_new_privs())"
    assert in_a_process(code) == "False\nTrue\n"


@pytest.mark.parametrize("program", [b"", bytes(8), b"\x06\0\0\0", bytes(8 * 4097)])
def test_the_kernel_refuses_a_filter_that_is_none(program: bytes) -> None:
    with pytest.raises(OSError) as caught:
        libc.seccomp_set_filter(program, 0)
    assert caught.value.errno in (errno.EINVAL, errno.EFAULT)


# tgkill


def test_a_signal_reaches_one_thread() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    try:
        libc.tgkill(os.getpid(), threading.get_native_id(), signal.SIGUSR1)
        assert signal.sigtimedwait([signal.SIGUSR1], 5) is not None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_a_thread_of_another_process_is_not_found() -> None:
    for pid, tid in ((os.getpid(), 1), (os.getppid(), os.getpid()), (os.getpid(), (1 << 22) + 1)):
        with pytest.raises(ProcessLookupError):
            libc.tgkill(pid, tid, 0)


@pytest.mark.parametrize("signo", [-1, 65, 1000])
def test_a_signal_that_does_not_exist_is_refused(signo: int) -> None:
    with pytest.raises(OSError) as caught:
        libc.tgkill(os.getpid(), threading.get_native_id(), signo)
    assert caught.value.errno == errno.EINVAL


# process_vm_readv and process_vm_writev, on ourselves


def test_pieces_are_read_as_one() -> None:
    buffer = ctypes.create_string_buffer(b"0123456789")
    assert libc.process_vm_read(os.getpid(), ctypes.addressof(buffer), [3, 4, 2]) == b"012345678"


def test_pieces_are_written_as_one() -> None:
    buffer = ctypes.create_string_buffer(b"..........")
    assert libc.process_vm_write(os.getpid(), ctypes.addressof(buffer) + 1, [2, 3], b"abcde") == 5
    assert buffer.value == b".abcde...."


def test_an_address_that_is_not_mapped_is_a_fault() -> None:
    for call in (
        lambda: libc.process_vm_read(os.getpid(), 8, [8]),
        lambda: libc.process_vm_write(os.getpid(), 8, [1], b"x"),
    ):
        with pytest.raises(OSError) as caught:
            call()
        assert caught.value.errno == errno.EFAULT


def test_a_process_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(ProcessLookupError):
        libc.process_vm_read((1 << 22) + 1, 4096, [8])


# The handler that only interrupts


def test_the_handler_lets_a_blocking_call_return() -> None:
    code = """
libc.install_interrupting_handler(signal.SIGURG)
reading, writing = os.pipe()
main = threading.get_native_id()
blocked = f"/proc/self/task/{main}/syscall"

def interrupt():
    while not open(blocked).read().startswith("0 "):  # until the other thread is in read(2)
        pass
    libc.tgkill(os.getpid(), main, signal.SIGURG)

import ctypes
libc.library.read.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
buffer = ctypes.create_string_buffer(1)
thread = threading.Thread(target=interrupt)
thread.start()
print(libc.library.read(reading, buffer, 1), ctypes.get_errno())
thread.join()
"""
    assert in_a_process(code) == f"-1 {errno.EINTR}\n"


def test_installing_it_twice_is_the_same_as_once() -> None:
    code = "print(libc.install_interrupting_handler(signal.SIGURG), libc.install_interrupting_handler(signal.SIGURG))"
    assert in_a_process(code) == "True True\n"


def test_an_ignored_signal_gets_the_handler() -> None:
    code = "signal.signal(signal.SIGURG, signal.SIG_IGN)\nprint(libc.install_interrupting_handler(signal.SIGURG))"
    assert in_a_process(code) == "True\n"


def test_somebody_elses_handler_is_left_alone() -> None:
    code = """
signal.signal(signal.SIGURG, lambda *_: print("theirs", flush=True))
print(libc.install_interrupting_handler(signal.SIGURG), flush=True)
signal.raise_signal(signal.SIGURG)
"""
    assert in_a_process(code) == "False\ntheirs\n"


@pytest.mark.parametrize("signo", [0, 65, signal.SIGKILL])
def test_a_signal_that_cannot_have_a_handler_is_refused(signo: int) -> None:
    with pytest.raises(OSError) as caught:
        libc.install_interrupting_handler(signo)
    assert caught.value.errno == errno.EINVAL
