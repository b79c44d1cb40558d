"""COMMAND: doing to a tracee what a handler asked for."""

__all__: list[str] = []
