"""What differs between processors: registers and the system-call convention. No I/O."""

__all__: list[str] = []
