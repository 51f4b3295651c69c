"""Demo data: what a new instance holds before anybody works with it."""

from __future__ import annotations

from pysnow.sandbox.seed.authentication import OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET
from pysnow.sandbox.seed.planting import EPOCH, plant

__all__ = ["EPOCH", "OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "plant"]
