"""Pandoc, which comes with the package ``pypandoc_binary``: its documents, and running it."""

import json
import subprocess
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from planner.errors import PlannerError

API = [1, 23, 1]
"""Version of pandoc's document types that this module writes."""
Node = dict[str, Any]


def run(
    blocks: Sequence[Node], to: str, *options: str, meta: dict[str, Any] | None = None
) -> bytes:
    """A document in another format.

    Raises
    ------
    PlannerError : pandoc refused.
    """
    import pypandoc

    document = {"pandoc-api-version": API, "meta": meta or {}, "blocks": list(blocks)}
    command = [pypandoc.get_pandoc_path(), "--sandbox", "-f", "json", "-t", to, *options, "-o", "-"]
    done = subprocess.run(  # noqa: S603 - its own program, fixed words
        command, input=json.dumps(document).encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise PlannerError(f"pandoc could not write {to}: {done.stderr.decode().strip()}")
    return done.stdout


def inlines(text: str) -> list[Node]:
    """Plain text, whatever it looks like."""
    nodes: list[Node] = []
    for i, word in enumerate(text.split(" ")):
        if i:
            nodes.append({"t": "Space"})
        if word:
            nodes.append({"t": "Str", "c": word})
    return nodes


def equation(tex: str) -> Node:
    """A displayed formula."""
    return {"t": "Para", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, tex]}]}


@lru_cache(maxsize=256)
def mathml(tex: str) -> str:
    """A formula as MathML."""
    written = run([equation(tex)], "html", "--mathml").decode().strip()
    return _formula(written.removeprefix("<p>").removesuffix("</p>"), "<math", tex)


@lru_cache(maxsize=256)
def typst_math(tex: str) -> str:
    """A formula in Typst's notation, without the dollar signs."""
    written = run([equation(tex)], "typst").decode().strip()
    return _formula(written, "$", tex).strip("$ ")


def _formula(written: str, begin: str, tex: str) -> str:
    if not written.startswith(begin):
        raise PlannerError(f"the formula {tex} could not be read; correct its TeX")
    return written
