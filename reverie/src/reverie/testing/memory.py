"""FakeMemory: guest memory without a guest. Pages with protections, and holes between them."""

from enum import Flag, auto
from typing import Final

from reverie.guest import GuestMemory
from reverie_syscalls import Address, MemoryFault

PAGE_BYTES: Final = 4096
_MAX_ADDRESS: Final = 1 << 64
_FIRST_PLACED: Final = 0x10_0000_0000
"""Where ``place`` begins: far from the small addresses that a test gives by hand, and above 32 bits."""


class Protection(Flag):
    """What a guest may do with a page, as PROT_READ and PROT_WRITE of mmap(2). ``Protection(0)`` is PROT_NONE."""

    READ = auto()
    WRITE = auto()


READ_WRITE: Final = Protection.READ | Protection.WRITE


class FakeMemory(GuestMemory):
    """Memory as ``reverie_syscalls.Memory`` has it, made of pages that the test maps.

    Nothing is mapped at first. Reads and writes respect the protection, page by page, as
    those of a real backend do.
    """

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self._protections: dict[int, Protection] = {}
        self._next = _FIRST_PLACED

    def map(self, address: int, length: int, protection: Protection = READ_WRITE) -> Address:
        """Map zeroed pages, in place of what was there, and return their address.

        Raises:
            ValueError: not whole pages, none, or beyond 64 bits.
        """
        for page in _pages(address, length):
            self._pages[page] = bytearray(PAGE_BYTES)
            self._protections[page] = protection
        return Address(address)

    def unmap(self, address: int, length: int) -> None:
        """Take pages away; where there are none, nothing happens."""
        for page in _pages(address, length):
            self._pages.pop(page, None)
            self._protections.pop(page, None)

    def protect(self, address: int, length: int, protection: Protection) -> None:
        """Change what may be done with pages that are mapped.

        Raises:
            ValueError: not whole pages, or not all of them are mapped.
        """
        pages = _pages(address, length)
        for page in pages:
            if page not in self._pages:
                raise ValueError(f"cannot protect {page * PAGE_BYTES:#x}: nothing is mapped there; map it first")
        for page in pages:
            self._protections[page] = protection

    def place(self, data: bytes, protection: Protection = READ_WRITE) -> Address:
        """Map new pages that begin with ``data``, with a hole behind them, and return its address."""
        start, size = self._reserve(len(data))
        return self._fill(start, size, start, data, protection)

    def place_before_hole(self, data: bytes, protection: Protection = READ_WRITE) -> Address:
        """Map new pages that end with ``data``: the byte after its last one is a hole. Return its address.

        With ``place``, which starts at a page's beginning, this is for what matters at a
        page's border: a reader that takes one byte too many meets a MemoryFault.
        """
        start, size = self._reserve(len(data))
        return self._fill(start, size, start + size - len(data), data, protection)

    def read(self, address: int, length: int) -> bytes:
        """Return exactly ``length`` bytes.

        Raises:
            MemoryFault: not all of them can be read; its address is the first that cannot.
        """
        data = self.read_some(address, length)
        if len(data) < length:
            raise MemoryFault(address + len(data))
        return data

    def read_some(self, address: int, length: int) -> bytes:
        """Return what can be read from ``address`` on, up to ``length`` bytes; perhaps nothing."""
        found = bytearray()
        while len(found) < length:
            page = self._page(address + len(found), Protection.READ)
            if page is None:
                break
            offset = (address + len(found)) % PAGE_BYTES
            found += page[offset : offset + length - len(found)]
        return bytes(found)

    def write(self, address: int, data: bytes) -> None:
        """Write all of ``data``.

        Raises:
            MemoryFault: not all of it can be written; what was before the fault is.
        """
        done = 0
        while done < len(data):
            page = self._page(address + done, Protection.WRITE)
            if page is None:
                raise MemoryFault(address + done)
            offset = (address + done) % PAGE_BYTES
            part = data[done : done + PAGE_BYTES - offset]
            page[offset : offset + len(part)] = part
            done += len(part)

    def write_forced(self, address: int, data: bytes) -> None:
        """Write all of ``data``, whatever the protection. See ``reverie.guest.GuestMemory``."""
        saved = dict(self._protections)
        self._protections = dict.fromkeys(self._protections, READ_WRITE)
        try:
            self.write(address, data)
        finally:
            self._protections = saved

    def _page(self, address: int, wanted: Protection) -> bytearray | None:
        number = address // PAGE_BYTES
        return self._pages.get(number) if wanted in self._protections.get(number, Protection(0)) else None

    def _reserve(self, length: int) -> tuple[int, int]:
        """Return the address and size of enough free pages, one at least, with a free one behind them."""
        start, size = self._next, max(length + -length % PAGE_BYTES, PAGE_BYTES)
        while taken := [page for page in _pages(start, size + PAGE_BYTES) if page in self._pages]:
            start = (taken[-1] + 1) * PAGE_BYTES
        self._next = start + size + PAGE_BYTES
        return start, size

    def _fill(self, start: int, size: int, address: int, data: bytes, protection: Protection) -> Address:
        self.map(start, size)
        self.write(address, data)
        self.protect(start, size, protection)
        return Address(address)


def _pages(address: int, length: int) -> range:
    if address % PAGE_BYTES or length % PAGE_BYTES or length <= 0 or not 0 <= address <= _MAX_ADDRESS - length:
        raise ValueError(
            f"{length:#x} bytes at {address:#x} are no pages: give multiples of {PAGE_BYTES:#x} within 64 bits,"
            " or let place() find an address"
        )
    return range(address // PAGE_BYTES, (address + length) // PAGE_BYTES)


__all__ = ["PAGE_BYTES", "READ_WRITE", "FakeMemory", "Protection"]
