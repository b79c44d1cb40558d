"""EVENT: what a stop means to a tool."""

__all__: list[str] = []
