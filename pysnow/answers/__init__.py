"""Answers of an instance, read: judged, healed, and measured against what was asked for."""
