"""Ratios are of pairs, and a spread is a middle and two ends."""

import pytest

from benchmarks.figures import Spread, compare
from benchmarks.measure import read_figures


def test_a_spread_is_the_median_and_both_ends() -> None:
    assert Spread.of([5.0, 1.0, 2.0]) == Spread(median=2.0, min=1.0, max=5.0)


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert Spread.of([1.0, 2.0, 4.0, 9.0]).median == 3.0


def test_a_ratio_is_taken_of_each_pair_and_not_of_the_medians() -> None:
    # The machine was ten times slower during the second pair, and we always twice as slow as the peer.
    peer = compare("peer", ours=[2.0, 20.0, 4.0], peers=[1.0, 10.0, 2.0])
    assert peer.ratio == Spread(2.0, 2.0, 2.0)
    assert peer.figures == Spread(median=2.0, min=1.0, max=10.0)
    # The medians alone would say 1.
    assert compare("peer", ours=[1.0, 2.0, 9.0], peers=[2.0, 1.0, 3.0]).ratio.median == 2.0


@pytest.mark.parametrize(
    ("ours", "peers", "complaint"),
    [
        ([], [], "no figures"),
        ([1.0, 2.0], [1.0], "2 figures of ours cannot be paired with 1 of peer"),
        ([1.0], [0.0], "peer measured as 0"),
    ],
)
def test_what_cannot_be_compared_is_refused(ours: list[float], peers: list[float], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        compare("peer", ours, peers)


def test_figures_are_found_among_what_a_guest_says_besides() -> None:
    text = "hello world\nns_per_call 12.500\n\nwall_ns 7\nalone\n"
    assert read_figures(text) == {"ns_per_call": 12.5, "wall_ns": 7.0}
