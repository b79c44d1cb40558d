"""What packages offer is found as importlib.metadata finds it."""

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from reverie.offers import load, offered


@pytest.mark.parametrize("group", ["reverie.tools", "reverie.backends", "console_scripts"])
def test_all_that_is_installed_is_found(group: str) -> None:
    assert offered(group).keys() == {point.name for point in entry_points(group=group)}
    for point in entry_points(group=group):
        if point.name.startswith("reverie") or group.startswith("reverie"):
            assert load(group, point.name) is point.load()


def offer(folder: Path, package: str, text: str) -> None:
    place = folder / f"{package}-1.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
    (place / "entry_points.txt").write_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "[some.group]\nfirst = os.path:join\n",
        "[other]\nfirst = sys:exit\n\n[some.group]\n  first=os.path:join  \n",
        "[some.group]\nsecond = sys:exit\nfirst = os : path.join [extra]\n",
    ],
)
def test_what_a_file_offers_is_loaded(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from os.path import join

    offer(tmp_path, "one", text)
    monkeypatch.syspath_prepend(tmp_path)
    assert load("some.group", "first") is join


def test_the_first_on_the_path_is_the_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path / "a", "one", "[some.group]\nit = os:getpid\n")
    offer(tmp_path / "b", "two", "[some.group]\nit = os:getppid\n")
    monkeypatch.syspath_prepend(tmp_path / "b")
    monkeypatch.syspath_prepend(tmp_path / "a")
    assert load("some.group", "it").__name__ == "getpid"


@pytest.mark.parametrize("text", ["", "[some.group]\n", "first = os:getpid", "[other.group]\nnothing = os:getpid"])
def test_what_nobody_offers_is_none(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path), "/no/such/folder", str(tmp_path / "archive.zip"), *sys.path])
    offer(tmp_path, "one", text)
    (tmp_path / "bare-1.dist-info").mkdir()
    assert load("some.group", "nothing") is None
