"""Figures as SVG and PNG, drawn without a browser and with a font that comes with the library."""

import json
import re
from functools import lru_cache
from html import escape

from planner.report.model import Figure

FONT = "Liberation Sans"
"""Comes with vl-convert, so that charts have the same bytes on every machine."""
_CONFIG = {
    "aria": False, "font": FONT, "background": "white", "view": {"continuousWidth": 520},
}  # fmt: skip
_ID = re.compile(r'(\bid="|url\(#|href="#)')
_FONT = re.compile(r'font-family="[^"]*"')

_TAG = re.compile(r"<[^>]*>")
_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


@lru_cache(maxsize=64)
def _svg(chart: str) -> str:
    import vl_convert

    return str(vl_convert.vegalite_to_svg(chart, config=_CONFIG, allowed_base_urls=[]))


def svg(figure: Figure, font: str = FONT) -> str:
    """The chart as SVG; its ids begin with the figure's name, and it is one image with no parts."""
    drawn = _FONT.sub(f'font-family="{font}"', _svg(json.dumps(figure.chart)))
    drawn = _TAG.sub(lambda tag: _ROLE.sub("", tag[0]), drawn)
    return _ID.sub(rf"\g<1>{figure.name}-", drawn)


def described_svg(figure: Figure, font: str) -> str:
    """SVG that names and describes itself: the caption is its title, `alt` its description."""
    name = figure.name
    named = (
        f'<svg role="img" aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
        f' preserveAspectRatio="xMinYMin meet"'
    )
    said = (
        f'<title id="{name}-title">{escape(figure.caption)}</title>'
        f'<desc id="{name}-desc">{escape(figure.alt)}</desc>'
    )
    drawn = svg(figure, font).replace("<svg", named, 1)
    return re.sub(r"(<svg[^>]*>)", lambda found: found[1] + said, drawn, count=1)


@lru_cache(maxsize=64)
def _png(chart: str) -> bytes:
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(chart, config=_CONFIG, scale=2, allowed_base_urls=[]))


def png(figure: Figure) -> bytes:
    """The chart as PNG, two pixels for one."""
    return _png(json.dumps(figure.chart))
