"""Loading one's own data and tables into a local instance, from what a real one exports."""

from __future__ import annotations

from pysnow.sandbox.loading.entries import LoadError
from pysnow.sandbox.loading.load import load
from pysnow.sandbox.loading.rows import Loaded
from pysnow.sandbox.loading.schema import LoadedSchema, load_schema

__all__ = ["LoadError", "Loaded", "LoadedSchema", "load", "load_schema"]
