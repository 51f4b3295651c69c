"""Faults on demand: what goes wrong between a caller and an instance, switched on and off, seeded and repeatable.

A ``Fault`` is a frozen value that stands between a call and its answer. A ``Rule`` says which calls it strikes. The
``FaultBook`` of a sandbox holds the rules that are on; without any, calls do not even pass this way.
"""

from __future__ import annotations

from pysnow.sandbox.faults.book import FaultBook
from pysnow.sandbox.faults.conditions import Conditions
from pysnow.sandbox.faults.fault import Fault
from pysnow.sandbox.faults.rule import Rule

__all__ = ["Conditions", "Fault", "FaultBook", "Rule"]
