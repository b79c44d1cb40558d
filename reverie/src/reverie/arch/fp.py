"""The floating-point registers of the processor that we run on; a type checker is shown those of x86-64."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.uname().machine != "aarch64":
    from reverie.arch.fp_x86_64 import FpRegisters
else:
    from reverie.arch.fp_aarch64 import FpRegisters

__all__ = ["FpRegisters"]
