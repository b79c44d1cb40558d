"""Bytes as a C string literal, escaped and cut as strace does it."""

_SHORT = {
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\v"): "\\v",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}
_PLAIN = {byte: chr(byte) for byte in range(0x20, 0x7F)} | _SHORT
_OCTAL_DIGITS = frozenset(b"01234567")


def escape(data: bytes) -> str:
    """Return the text between the quotes.

    An octal escape is as short as it can be: three digits only before a digit that would extend it.
    """
    if data.isascii() and (text := data.decode("ascii")).isprintable() and '"' not in text and "\\" not in text:
        return text
    parts = []
    for index, byte in enumerate(data):
        plain = _PLAIN.get(byte)
        if plain is None:
            digit_follows = index + 1 < len(data) and data[index + 1] in _OCTAL_DIGITS
            plain = f"\\{byte:03o}" if digit_follows else f"\\{byte:o}"
        parts.append(plain)
    return "".join(parts)


def quote(data: bytes, limit: int | None = None, *, more: bool = False, hexadecimal: bool = False) -> str:
    """Return `data` quoted; beyond `limit` bytes, or if there is `more`, three dots follow the quote."""
    cut = more
    if limit is not None and len(data) > limit:
        data, cut = data[:limit], True
    text = "".join(f"\\x{byte:02x}" for byte in data) if hexadecimal else escape(data)
    return f'"{text}"...' if cut else f'"{text}"'
