"""The one error of the generator: a mistake in a table, told in one line."""


class TableError(Exception):
    """Something a person wrote is wrong; says in which file, at which call and at which argument."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
