"""A scene drawn by Graphviz: written as its source, with every position fixed, and rendered without any
layout."""

from __future__ import annotations

import os
import re
import sys
import threading
from functools import cache
from typing import Any

from jianban.workflows.figures.errors import missing
from jianban.workflows.figures.fonts import FAMILY, fontconfig
from jianban.workflows.figures.metrics import BOLD
from jianban.workflows.figures.scene import Box, Diamond, Route, Scene, Words
from jianban.workflows.texts import Text

ARROW = 0.6
"""Graphviz's arrowsize; a head is 10 points long at 1."""
CORNER = 0.55
"""The handle of a cubic that draws a quarter of a circle, in radii."""
FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""Characters that may not stand in XML."""
_lock = threading.Lock()


def shape_id(group: int, shape: int) -> str:
    """The id a shape carries through Graphviz."""
    return f"g{group}s{shape}"


def dot_source(scene: Scene) -> str:
    """The scene in the DOT language; every node has its place, every edge its spline."""
    import graphviz

    graph = graphviz.Digraph(name="figure")
    graph.attr("graph", splines="true", outputorder="nodesfirst", pad="0", margin="0", fontname=FAMILY)
    graph.attr("node", shape="box", label="", margin="0", fixedsize="shape", fontname=FAMILY)
    graph.attr("edge", arrowsize=str(ARROW))
    page = {"pos": f"{_n(scene.width / 2)},{_n(scene.height / 2)}", **_size(scene.width, scene.height)}
    graph.node("page", id="page", **page, style="filled", fillcolor=scene.paper, penwidth="0")
    for g, group in enumerate(scene.groups):
        for s, shape in enumerate(group.shapes):
            name = shape_id(g, s)
            match shape:
                case Box():
                    graph.node(name, id=name, **_box(shape, scene.height))
                case Diamond():
                    graph.node(
                        name,
                        id=name,
                        shape="diamond",
                        style="filled",
                        fillcolor=shape.fill,
                        color=shape.stroke,
                        penwidth=_n(shape.stroke_width),
                        **_place(shape, scene.height),
                    )
                case Words():
                    graph.node(name, id=name, **_words(shape, scene.height))
                case Route():
                    graph.edge(
                        "page",
                        "page",
                        id=name,
                        pos=spline(shape, scene.height),
                        color=shape.stroke,
                        penwidth=_n(shape.stroke_width),
                        style="dashed" if shape.dash else "solid",
                        dir="forward" if shape.arrow else "none",
                    )
    return graph.source


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{max(width, 0.1) / 72:.5f}", "height": f"{max(height, 0.1) / 72:.5f}"}


def _place(shape: Box | Diamond, height: float) -> dict[str, str]:
    x, y = shape.x + shape.width / 2, height - shape.y - shape.height / 2
    return {"pos": f"{_n(x)},{_n(y)}", **_size(shape.width, shape.height)}


def _box(box: Box, height: float) -> dict[str, str]:
    styles = [
        s for s, wanted in (("rounded", box.radius), ("filled", box.fill), ("dashed", box.dash)) if wanted
    ]
    return {
        **_place(box, height),
        "style": ",".join(styles) or "solid",
        **({"fillcolor": box.fill} if box.fill else {}),
        "color": box.stroke or box.fill or "transparent",
        "penwidth": _n(box.stroke_width if box.stroke else 0),
    }


def _words(words: Words, height: float) -> dict[str, str]:
    import graphviz

    # A label stands around its node's middle, and `&` would start an entity.
    label = graphviz.escape(FORBIDDEN.sub(" ", words.text).replace("&", "&amp;"))
    return {
        "label": label,
        "shape": "none",
        "pos": f"{_n(words.left + words.width / 2)},{_n(height - words.baseline + 0.2 * words.size)}",
        **_size(words.width, words.size),
        "fontsize": _n(words.size),
        "fontcolor": words.color,
        "fontname": f"{FAMILY} Bold" if words.weight >= BOLD else FAMILY,
    }


def spline(route: Route, height: float) -> str:
    """The route as cubics: `e,tip p0 c c p1 …`, corners rounded, ending where the arrowhead begins."""
    points = list(route.points)
    tip = points[-1]
    if route.arrow:
        (ax, ay), (bx, by) = points[-2], points[-1]
        length = abs(bx - ax) + abs(by - ay)
        back = min(10 * ARROW, length * 0.9) / length if length else 0
        points[-1] = (bx + (ax - bx) * back, by + (ay - by) * back)
    out = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(route.radius, _apart(before, corner) / 2, _apart(corner, after) / 2)
        start, end = _toward(corner, before, radius), _toward(corner, after, radius)
        out += _straight(out[-1], start)
        out += [_toward(start, corner, radius * CORNER), _toward(end, corner, radius * CORNER), end]
    out += _straight(out[-1], points[-1])
    path = " ".join(f"{_n(x)},{_n(height - y)}" for x, y in out)
    return f"e,{_n(tip[0])},{_n(height - tip[1])} {path}" if route.arrow else path


def _apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _toward(a: tuple[float, float], b: tuple[float, float], by: float) -> tuple[float, float]:
    apart = _apart(a, b)
    part = by / apart if apart else 0
    return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)


def _straight(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    return [_toward(a, b, _apart(a, b) / 3), _toward(b, a, _apart(a, b) / 3), b]


def render_dot(source: str) -> bytes:
    """Graphviz's SVG of a source that has all its positions.

    The Graphviz inside pygraphviz's wheel runs in this process; where there is none, a system `dot` is asked.

    Raises:
        FigureError: neither is there.
    """
    library = _library()
    if library is not None:
        with _lock:
            graph = library.AGraph(string=source)
            graph.has_layout = True
            return graph.draw(format="svg")
    import graphviz

    try:
        with fontconfig():
            return graphviz.Source(source, engine="neato").pipe(format="svg", neato_no_op=2)
    except graphviz.ExecutableNotFound:
        raise missing("pygraphviz", Text("绘图", "draw")) from None


@cache
def _library() -> Any:
    """pygraphviz, started on our fonts; None where it is not installed."""
    try:
        with fontconfig():
            import pygraphviz

            with _silence():
                start = pygraphviz.AGraph(string='digraph {a [pos="0,0" label="文"]}')
                start.has_layout = True
                start.draw(format="svg")
    except ImportError:
        return None
    return pygraphviz


class _silence:
    """Nothing reaches the process's standard error: fontconfig's first start reports other software's
    settings there."""

    def __enter__(self) -> None:
        sys.stderr.flush()
        self.kept = os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        os.close(null)

    def __exit__(self, *_: object) -> None:
        os.dup2(self.kept, 2)
        os.close(self.kept)
