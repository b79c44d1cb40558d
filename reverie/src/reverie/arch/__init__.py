"""What differs between processors: registers and the system-call convention. No I/O.

Each module has the same names; ``machine`` has those of the processor that we run on.
"""

__all__: list[str] = []
