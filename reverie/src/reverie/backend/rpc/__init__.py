"""MessagePack-RPC between handlers and the global state: messages, the server, and ways to reach it."""

__all__: list[str] = []
