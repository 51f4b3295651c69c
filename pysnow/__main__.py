"""``python -m pysnow``: the same as the command ``pysnow``."""

from __future__ import annotations

import sys

from pysnow.cli import main

if __name__ == "__main__":
    sys.exit(main())
