"""Feed a guest's stdin and collect its stdout and stderr while it is traced."""

import os

import anyio
import anyio.abc

from reverie_process.stdio import Stdio

_CHUNK_BYTES = 65536


class Capture:
    """Our ends of a guest's pipes; ``finish`` closes them."""

    def __init__(self, stdio: Stdio, stdin_data: bytes | None) -> None:
        self._stdio = stdio
        self._stdin_data = stdin_data
        self._parts: dict[int, list[bytes]] = {}

    def start(self, tasks: anyio.abc.TaskGroup) -> None:
        """Begin to move data, in tasks that may be cancelled when the guest is gone."""
        for descriptor in (self._stdio.stdout, self._stdio.stderr):
            if descriptor is not None:
                os.set_blocking(descriptor, False)
                self._parts[descriptor] = []
                tasks.start_soon(self._collect, descriptor)
        if self._stdio.stdin is not None:
            os.set_blocking(self._stdio.stdin, False)
            tasks.start_soon(self._feed, self._stdio.stdin, self._stdin_data or b"")

    def finish(self) -> None:
        """Take what is left in the pipes and close them. Nobody of the guest writes any more."""
        for descriptor in self._parts:
            while self._read(descriptor):
                pass
        self._output = [self._joined(self._stdio.stdout), self._joined(self._stdio.stderr)]
        self._stdio.close_all()

    @property
    def stdout(self) -> bytes | None:
        """What the guest wrote to a piped stdout. After ``finish``."""
        return self._output[0]

    @property
    def stderr(self) -> bytes | None:
        """What the guest wrote to a piped stderr. After ``finish``."""
        return self._output[1]

    def _joined(self, descriptor: int | None) -> bytes | None:
        return None if descriptor is None else b"".join(self._parts.get(descriptor, ()))

    def _read(self, descriptor: int) -> bool:
        """Move one chunk. False at the end, or when there is nothing now."""
        try:
            data = os.read(descriptor, _CHUNK_BYTES)
        except BlockingIOError:
            return False
        self._parts[descriptor].append(data)
        return bool(data)

    async def _collect(self, descriptor: int) -> None:
        await anyio.wait_readable(descriptor)
        while self._read(descriptor):
            await anyio.wait_readable(descriptor)

    async def _feed(self, descriptor: int, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                await anyio.wait_writable(descriptor)
                rest = rest[os.write(descriptor, rest) :]
        except BrokenPipeError:
            pass  # the guest does not want more
        self._stdio.stdin = None
        os.close(descriptor)


__all__ = ["Capture"]
