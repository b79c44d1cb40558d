"""STOP: which thread stopped, and how? Waiting, decoding, and routing to the right tracee."""

__all__: list[str] = []
