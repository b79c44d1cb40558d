"""What a hostile guest may pass: any six words, among them those that make trouble."""

from hypothesis import strategies as st

from reverie_syscalls import Words
from tests.reverie_syscalls.sparse import SparseMemory

BASE = 0x7FFF_0000_0000

awkward = st.sampled_from([0, 1, 8, 32, 33, 4096, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 2**63 - 1, 2**63, 2**64 - 1])
pointers = st.integers(BASE - 8, BASE + 600)
word = st.one_of(st.integers(0, 2**64 - 1), awkward, pointers)
words: st.SearchStrategy[Words] = st.tuples(word, word, word, word, word, word)
raws = st.one_of(st.none(), st.integers(-(2**63), 2**64 - 1), st.integers(-600, 100), awkward)


@st.composite
def memories(draw: st.DrawFn) -> SparseMemory:
    """Up to 512 bytes at BASE, among them pointers into themselves; nothing else is readable."""
    chunks = draw(
        st.lists(
            st.one_of(st.binary(max_size=32), pointers.map(lambda value: value.to_bytes(8, "little"))), max_size=24
        )
    )
    return SparseMemory({BASE: b"".join(chunks)[:512]})
