"""The auxiliary vector as a value."""

import struct
from pathlib import Path

from reverie.auxv import AuxKey, Auxv


def test_the_vector_of_this_program_is_read() -> None:
    auxv = Auxv.from_bytes(Path("/proc/self/auxv").read_bytes())
    assert auxv[AuxKey.PAGESZ] == 4096
    assert auxv.random is not None
    assert auxv.entry is not None
    assert AuxKey.NULL not in auxv
    assert "PAGESZ=0x1000" in repr(auxv)


def test_what_follows_the_end_mark_and_half_a_pair_are_left_out() -> None:
    data = struct.pack("=6Q", 6, 4096, 0, 0, 25, 7)
    assert dict(Auxv.from_bytes(data)) == {6: 4096}
    assert dict(Auxv.from_bytes(data[:20])) == {6: 4096}
    assert dict(Auxv.from_bytes(b"")) == {}


def test_an_address_that_is_missing_or_zero_is_none() -> None:
    assert Auxv({}).random is None
    assert Auxv({AuxKey.SYSINFO_EHDR: 0}).vdso is None
    assert Auxv({AuxKey.SYSINFO_EHDR: 4096}).vdso == 4096
