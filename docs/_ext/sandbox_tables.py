"""Directives that show what ``sandbox_facts`` knows: ``.. fault-table::``, ``.. property-table::`` and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from sandbox_facts import (
    LIST,
    Row,
    behaviour_rows,
    fault_rows,
    list_table,
    operator_rows,
    property_rows,
    refusal_rows,
    refused_api_rows,
    script_rows,
    topics,
)
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class _Generated(SphinxDirective):
    """Shows text that is made when the manual is built."""

    def run(self) -> list[nodes.Node]:
        """Make nodes of the text."""
        self.env.note_dependency(str(LIST))
        return self.parse_text_to_nodes(StringList(list(self.lines()), source=str(LIST)), allow_section_headings=True)

    def lines(self) -> Iterator[str]:
        """Give the text, in reStructuredText."""
        raise NotImplementedError


class _Table(_Generated):
    """Shows one table."""

    heads: ClassVar[Row]
    rows: ClassVar[Callable[[], list[Row]]]
    widths: ClassVar[str]

    def lines(self) -> Iterator[str]:
        """Give the table."""
        yield from list_table(self.heads, type(self).rows(), self.widths)


class FaultTable(_Table):
    """All kinds of faults."""

    heads, rows, widths = ("Fault", "What happens", "Options, with defaults"), staticmethod(fault_rows), "18 52 30"


class OperatorTable(_Table):
    """All operators that are read."""

    heads, rows, widths = ("Written", "Asks for"), staticmethod(operator_rows), "35 65"


class ScriptTable(_Table):
    """All functions that a query may call."""

    heads, rows, widths = ("Family", "Functions"), staticmethod(script_rows), "25 75"


class PropertyTable(_Table):
    """All system properties that are read."""

    heads, rows, widths = ("Property", "What it does", "Default"), staticmethod(property_rows), "42 40 18"


class RefusedApiTable(_Table):
    """APIs that are refused as a whole."""

    heads, rows, widths = ("API", "Paths"), staticmethod(refused_api_rows), "35 65"


class RefusalTable(_Table):
    """What else is refused."""

    heads, rows, widths = ("What", "Test"), staticmethod(refusal_rows), "55 45"


class EmulatedBehaviours(_Generated):
    """All behaviours, a section a topic."""

    def lines(self) -> Iterator[str]:
        """Give a section for each topic."""
        for topic in topics():
            yield from (topic.title, "~" * len(topic.title), "")
            yield from (f"{topic.about} Tests: ``{topic.file}``.".lstrip(), "")
            yield from list_table(("Behaviour", "Source", "Test"), behaviour_rows(topic), "45 22 33")


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directives known."""
    app.add_directive("fault-table", FaultTable)
    app.add_directive("operator-table", OperatorTable)
    app.add_directive("script-table", ScriptTable)
    app.add_directive("property-table", PropertyTable)
    app.add_directive("refused-api-table", RefusedApiTable)
    app.add_directive("refusal-table", RefusalTable)
    app.add_directive("emulated-behaviours", EmulatedBehaviours)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
