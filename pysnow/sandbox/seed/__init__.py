"""Demo data: what a new instance holds before anybody works with it."""

from __future__ import annotations

from pysnow.sandbox.seed.planting import EPOCH, plant
from pysnow.sandbox.seed.platform import OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET

__all__ = ["EPOCH", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "plant"]
