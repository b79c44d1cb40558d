"""Why there was no round: one line for the one who asked for it."""


class TortureError(Exception):
    """The rounds could not be run at all; this says nothing about the engine."""


__all__ = ["TortureError"]
