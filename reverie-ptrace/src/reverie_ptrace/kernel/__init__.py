"""The kernel's door: ptrace requests and waits. The only ctypes of this package."""

__all__: list[str] = []
