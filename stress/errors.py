"""Why there is no comparison: one line for the one who asked for it."""


class StressError(Exception):
    """A suite could not be run; the text says what is missing and how to get it."""


__all__ = ["StressError"]
