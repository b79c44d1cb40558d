"""Records are values: immutable, equal by class and fields, made by place or by name."""

import copy
import pickle

import msgspec
import pytest

from reverie_syscalls.args.record import Record
from reverie_syscalls.args.structs import Rlimit, Timespec, Timeval


class Point(Record):
    """Two numbers."""

    __slots__ = ()

    x: int
    y: int


class Named(Point):
    """A point with a name."""

    __slots__ = ()

    name: bytes


def test_fields_are_given_by_place_or_by_name() -> None:
    assert Point(1, 2) == Point(1, y=2) == Point(y=2, x=1)
    assert (Point(1, 2).x, Point(1, 2).y) == (1, 2)
    assert Named(1, 2, b"n").name == b"n"


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((1,), {}), ((1, 2, 3), {}), ((1, 2), {"y": 2}), ((1,), {"z": 2}), ((), {"x": 1}), ((1, 2), {"z": 3})],
)
def test_each_field_is_given_once(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="Point takes"):
        Point(*values, **named)


def test_records_of_two_classes_are_never_equal() -> None:
    assert Timespec(1, 2) != Timeval(1, 2)
    assert Point(1, 2) != (1, 2)
    assert {Point(1, 2): "here"}[Point(1, 2)] == "here"


def test_a_record_does_not_change() -> None:
    point = Point(1, 2)
    for name in ("x", "z"):
        with pytest.raises(AttributeError, match="immutable"):
            setattr(point, name, 3)
    assert point.replace(y=5) == Point(1, 5)
    assert point == Point(1, 2)
    with pytest.raises(TypeError, match="Point takes"):
        point.replace(z=1)


def test_it_matches_by_place_and_by_name() -> None:
    match Rlimit(1, 2):
        case Rlimit(1, rlim_max=most):
            assert most == 2
        case _:
            pytest.fail("it did not match")


def test_it_tells_its_fields() -> None:
    assert repr(Named(1, 2, b"n")) == "Named(x=1, y=2, name=b'n')"


def test_copies_are_equal_and_of_the_same_class() -> None:
    for made in (copy.copy(Point(1, 2)), copy.deepcopy(Point(1, 2)), pickle.loads(pickle.dumps(Point(1, 2)))):
        assert made == Point(1, 2)


def test_it_crosses_as_messagepack() -> None:
    sent = msgspec.msgpack.encode(Timespec(3, 4))
    assert msgspec.msgpack.decode(sent, type=Timespec) == Timespec(3, 4)
