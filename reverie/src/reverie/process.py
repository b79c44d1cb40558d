"""Starting processes, from ``reverie_process``, under the name that tools import it by."""

from reverie_process import *  # noqa: F403  (this module is that package, renamed)
from reverie_process import __all__ as __all__
