"""Write `_generated/constants.py`: the names and values of all flag sets and enums, as plain data.

Text needs the names of very many constants and their enums of none; building the enums takes 20 ms.
"""

from emit_numbers import header
from vocabulary import Vocabulary


def emit_constants(vocabulary: Vocabulary) -> str:
    """Return the text of the module."""
    lines = header("The constants of `args`: where each enum is defined, and its members in order, aliases included.")
    lines += ["CONSTANTS: dict[str, tuple[str, tuple[tuple[str, int], ...]]] = {"]
    for name in sorted(vocabulary.enums):
        members = [f'("{member}", {value.value:#x})' for member, value in vocabulary.enums[name].__members__.items()]
        lines += [
            f'    "{name}": (',
            f'        "{vocabulary.modules[name]}",',
            "        (",
        ]
        lines += [*(f"            {member}," for member in members), "        ),", "    ),"]
    return "\n".join([*lines, "}", ""])
