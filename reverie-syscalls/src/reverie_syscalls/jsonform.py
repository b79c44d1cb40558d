"""A call as JSON."""
from .memory import Memory
from .syscall import Syscall


def to_json(call: Syscall, memory: Memory, raw: int | None) -> dict[str, object]:
    """Stub."""
    return {"name": call.name, "number": call.number, "args": {}, "result": raw, "error": None}
