"""What arguments mean: pointers, flag sets and enums, structs, and ioctl's requests.

Each module stands alone and is imported by name, because reading registers needs none of them: flags
and structs are loaded when the first argument of that type is looked at.
"""

__all__ = ["flags", "ioctl", "pointers", "structs"]
