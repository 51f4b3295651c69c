"""Figures as bars, in SVG: as much as is needed, so that no library is."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from benchmarks.measuring import Results

__all__ = ["draw"]

WIDTH = 760
LABELS = 170  # room for the names
VALUES = 60  # room behind the longest bar
BAR, GAP, TITLE = 16, 5, 44
OURS, OTHERS, BOUND = "#1b7f5c", "#9aa5b1", "#d0d7de"


def draw(tables: list[Results]) -> str:
    """Draw one group of bars a table; their length is the share of the physical limit.

    Args:
        tables: The figures. Those without the limit's are left out.
    """
    parts, top = [], 0
    for results in tables:
        shares = sorted(_shares(results), key=lambda pair: -pair[1])
        if not shares:
            continue
        parts.append(_text(0, top + 28, f"{results.scenario.title}: share of the physical limit", weight="bold"))
        top += TITLE
        for name, share in shares:
            parts.extend(_bar(top, name, share))
            top += BAR + GAP
    style = "font-family: system-ui, sans-serif; font-size: 13px"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + GAP}" style="{style}" role="img">\n'
        + f'<rect width="{WIDTH}" height="{top + GAP}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _shares(results: Results) -> Iterator[tuple[str, float]]:
    for name, one in results.figures.items():
        if one.share is not None:
            yield name, one.share


def _bar(top: int, name: str, share: float) -> Iterator[str]:
    length = round((WIDTH - LABELS - VALUES) * share, 1)
    color = OURS if name.startswith("pysnow") and "0.7" not in name else BOUND if share == 1 else OTHERS
    yield _text(LABELS - 8, top + 13, name, anchor="end")
    yield f'<rect x="{LABELS}" y="{top}" width="{length}" height="{BAR}" fill="{color}"/>'
    yield _text(LABELS + length + 6, top + 13, f"{share:.0%}")


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}" fill="#1f2328">{escape(text)}</text>'
