"""Typesetting: the look of a summary, and texts and tables that hold whatever somebody wrote."""

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph, Spacer

_FONTS = Path(__file__).with_name("fonts")
_PLAIN, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_INK, _SOFT, _LINE, _GROUND = HexColor("#1d2530"), HexColor("#5a6675"), HexColor("#d5dae1"), HexColor("#f3f5f8")
_MARGIN = 20 * mm
WIDTH = A4[0] - 2 * _MARGIN
# Longer texts are whole in the tables of the pack.
MOST_LETTERS = 400


def text(said: object, style: str = "body", most: int = 4000) -> Flowable:
    """A paragraph of what somebody wrote; letters that the font lacks become question marks."""
    return Paragraph(escape(printable(str(said), most)), _styles()[style])


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], shares: Sequence[int]) -> Flowable:
    """A table that goes on over pages under its header; ``shares``: the columns' parts of the width."""
    cells = [[text(header, "head") for header in headers]]
    cells += [[text(value, "cell", MOST_LETTERS) for value in row] for row in rows]
    return LongTable(cells, _widths(shares), repeatRows=1, style=_RULED, spaceAfter=4 * mm)


def figures(rows: Sequence[tuple[str, str]]) -> Flowable:
    """Large figures over their words, side by side."""
    cells = [[text(figure, "figure") for figure, _ in rows], [text(words, "words") for _, words in rows]]
    return LongTable(cells, _widths([1] * len(rows)), style=_BOXED, spaceBefore=3 * mm, spaceAfter=3 * mm)


def pairs(rows: Sequence[tuple[str, str]]) -> Flowable:
    """Names and values, one below the other."""
    cells = [[text(name, "words"), text(value, "cell", MOST_LETTERS)] for name, value in rows]
    return LongTable(cells, _widths((1, 3)), style=_RULED[:-1], spaceAfter=4 * mm)


def space(millimetres: float) -> Flowable:
    """Nothing."""
    return Spacer(1, millimetres * mm)


def printable(said: str, most: int) -> str:
    """In one line, without what a page cannot show, and cut where it is too long."""
    known: Any = _face().charToGlyph
    line = " ".join(said.split())
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    return "".join(letter if ord(letter) in known else "?" for letter in line)


def document(story: Sequence[Flowable], *, title: str, footer: str) -> bytes:
    """A PDF; the same story gives the same bytes."""
    file = io.BytesIO()
    made = BaseDocTemplate(
        file, pagesize=A4, invariant=1, title=printable(title, 200), author="sesgov", leftMargin=_MARGIN,
        rightMargin=_MARGIN, topMargin=18 * mm, bottomMargin=20 * mm, lang="en",
    )  # fmt: skip
    frame = Frame(
        _MARGIN, 20 * mm, WIDTH, A4[1] - 38 * mm, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )

    def draw_footer(page: Any, _: object) -> None:
        page.setFont(_PLAIN, 7)
        page.setFillColor(_SOFT)
        page.drawString(_MARGIN, 11 * mm, printable(footer, 110))
        page.drawRightString(A4[0] - _MARGIN, 11 * mm, f"Page {page.getPageNumber()}")

    _face()
    made.addPageTemplates([PageTemplate(frames=[frame], onPage=draw_footer)])
    made.build(list(story))
    return file.getvalue()


_RULED = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
    ("BACKGROUND", (0, 0), (-1, 0), _GROUND),
]
_BOXED = [
    ("BOX", (0, 0), (-1, -1), 0.4, _LINE),
    ("LINEAFTER", (0, 0), (-2, -1), 0.4, _LINE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, 0), 6),
    ("BOTTOMPADDING", (0, 0), (-1, 0), 0),
    ("BOTTOMPADDING", (0, 1), (-1, 1), 7),
]


def _widths(shares: Sequence[int]) -> list[float]:
    return [WIDTH * share / sum(shares) for share in shares]


@cache
def _face() -> Any:
    """The plain font, with the bold one known beside it; both lie in this folder, so that nothing has to be there."""
    for name in (_PLAIN, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))
    return pdfmetrics.getFont(_PLAIN).face


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """By name; sizes in points."""
    made = {
        "eyebrow": (_PLAIN, 8, 11, _SOFT, 0, 4),
        "demo": (_BOLD, 9, 12, HexColor("#9a3412"), 0, 6),
        "title": (_BOLD, 19, 24, _INK, 0, 4),
        "lead": (_PLAIN, 11, 16.5, _INK, 6, 6),
        "section": (_BOLD, 11.5, 15, _INK, 10, 4),
        "body": (_PLAIN, 8.5, 12.5, _INK, 0, 5),
        "head": (_BOLD, 7, 9, _SOFT, 0, 0),
        "cell": (_PLAIN, 7.5, 10, _INK, 0, 0),
        "figure": (_BOLD, 16, 20, _INK, 0, 0),
        "words": (_PLAIN, 7.5, 10, _SOFT, 0, 0),
    }
    return {
        name: ParagraphStyle(
            name, fontName=font, fontSize=size, leading=leading, textColor=colour, spaceBefore=before, spaceAfter=after,
            keepWithNext=name == "section", splitLongWords=True,
        )
        for name, (font, size, leading, colour, before, after) in made.items()
    }  # fmt: skip
