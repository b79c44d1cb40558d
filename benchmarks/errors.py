"""Why there is no table: one line for the one who asked for it."""


class BenchmarkError(Exception):
    """A row could not be measured; the text says which command failed and how."""


__all__ = ["BenchmarkError"]
