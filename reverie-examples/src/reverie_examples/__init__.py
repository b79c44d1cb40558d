"""Example tools: each is short enough to be read as a lesson, and is used as ``reverie NAME``."""

__all__: list[str] = []
