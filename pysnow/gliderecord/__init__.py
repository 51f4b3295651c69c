"""GlideRecord's names, as the scripts of a ServiceNow instance have them, over the walks and records of this library.

Nothing here sends by itself: reading is ``Table.iterate``, and writing goes by sys_id through ``Record`` and ``Table``.
"""

from pysnow.gliderecord.conditions import JoinQuery, QueryCondition, RelatedListQuery
from pysnow.gliderecord.element import GlideElement
from pysnow.gliderecord.record import GlideRecord

__all__ = ["GlideElement", "GlideRecord", "JoinQuery", "QueryCondition", "RelatedListQuery"]
