"""The table of -c."""

from reverie_examples.strace.sink import Tally
from reverie_examples.strace.summary import summary_table


def rows(text: str) -> list[list[str]]:
    """Return the table's rows, split into words, without head and rules."""
    return [line.split() for line in text.splitlines()[2:] if not line.startswith("-")]


def test_the_most_expensive_call_is_first_and_the_total_last() -> None:
    table = summary_table({"read": Tally(3, 0, 1_000_000), "openat": Tally(2, 1, 3_000_000)})
    assert rows(table) == [
        ["75.00", "0.003000", "1500", "2", "1", "openat"],
        ["25.00", "0.001000", "333", "3", "read"],
        ["100.00", "0.004000", "800", "5", "1", "total"],
    ]


def test_no_calls_make_a_table_with_a_total_of_nothing() -> None:
    [total] = rows(summary_table({}))
    assert total[-1] == "total"
    assert total[1:4] == ["0.000000", "0", "0"]


def test_calls_that_took_no_time_divide_by_nothing() -> None:
    table = rows(summary_table({"getpid": Tally(5, 0, 0)}))
    assert table[0] == ["0.00", "0.000000", "0", "5", "getpid"]


def test_equal_times_are_sorted_by_name() -> None:
    table = rows(summary_table({name: Tally(1, 0, 10) for name in ("c", "a", "b")}))
    assert [row[-1] for row in table] == ["a", "b", "c", "total"]


def test_the_columns_are_those_of_strace() -> None:
    lines = summary_table({"write": Tally(1, 1, 96_000)}).splitlines()
    assert lines[0] == "% time     seconds  usecs/call     calls    errors syscall"
    assert lines[2] == "100.00    0.000096          96         1         1 write"
    assert len(lines) == 5
    assert lines[1] == lines[3] == "------ ----------- ----------- --------- --------- ----------------"


def test_large_numbers_keep_their_digits() -> None:
    table = rows(summary_table({"futex": Tally(10**9, 10**8, 10**15)}))
    assert table[0] == ["100.00", "1000000.000000", "1000", str(10**9), str(10**8), "futex"]


def test_a_tally_adds_up() -> None:
    tally = Tally(1, 2, 3)
    tally.add(Tally(10, 20, 30))
    assert tally == Tally(11, 22, 33)
