"""What is wrong with a scene, as a reader of the page would see it. Each finding is a line of text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from jianban.workflows.figures.scene import Box, Diamond, Route, Scene, Words
from jianban.workflows.figures.theme import contrast

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""
CJK_LEAST = 6.8
LATIN_LEAST = 6.4
CONTRAST_LEAST = 4.5
"""WCAG 2, level AA."""
THIN = 1.5
"""Of a box that is a line."""
SLACK = 0.6


def area(shape: Box | Diamond | Words) -> Area:
    if isinstance(shape, Words):
        # Chinese characters stand from 0.12 below the baseline to 0.88 above it; a little air is allowed.
        left, base, size = shape.left, shape.baseline, shape.size
        return left, base - 0.78 * size, left + shape.width, base + 0.1 * size
    return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height


def meet(a: Area, b: Area, by: float = SLACK) -> bool:
    return a[0] + by < b[2] and b[0] + by < a[2] and a[1] + by < b[3] and b[1] + by < a[3]


def within(a: Area, b: Area) -> bool:
    return b[0] <= a[0] + SLACK and b[1] <= a[1] + SLACK and a[2] <= b[2] + SLACK and a[3] <= b[3] + SLACK


def solids(scene: Scene) -> list[Box | Diamond]:
    return [s for g in scene.groups for s in g.shapes if isinstance(s, Box | Diamond) and s.solid]


def words(scene: Scene) -> list[Words]:
    return [s for g in scene.groups for s in g.shapes if isinstance(s, Words)]


def routes(scene: Scene) -> list[Route]:
    return [s for g in scene.groups for s in g.shapes if isinstance(s, Route)]


def findings(scene: Scene) -> list[str]:
    return [
        *beyond_the_page(scene),
        *beyond_their_boxes(scene),
        *overlapping(scene),
        *lines_through_cards(scene),
        *words_on_words(scene),
        *words_across_edges(scene),
        *lines_through_words(scene),
        *too_small(scene),
        *too_faint(scene),
    ]


def beyond_the_page(scene: Scene) -> Iterator[str]:
    for group in scene.groups:
        for shape in group.shapes:
            if isinstance(shape, Route):
                xs, ys = zip(*shape.points, strict=True)
                place = (min(xs), min(ys), max(xs), max(ys))
            else:
                place = area(shape)
            if place[0] < 0 or place[1] < 0 or place[2] > scene.width or place[3] > scene.height:
                yield f"beyond the page: {group.id} {shape}"


def beyond_their_boxes(scene: Scene) -> Iterator[str]:
    for text in words(scene):
        left, right = text.left, text.left + text.width
        if text.room and not (text.room[0] - SLACK <= left and right <= text.room[1] + SLACK):
            yield f"wider than its box: {text.text} {left:.1f}..{right:.1f} {text.room}"


def overlapping(scene: Scene) -> Iterator[str]:
    for a, b in combinations(solids(scene), 2):
        if meet(area(a), area(b)):
            yield f"overlap: {a} {b}"


def lines_through_cards(scene: Scene) -> Iterator[str]:
    cards = [area(s) for s in solids(scene)]
    for route in routes(scene):
        for (ax, ay), (bx, by) in pairwise(route.points):
            piece = (min(ax, bx) - 0.5, min(ay, by) - 0.5, max(ax, bx) + 0.5, max(ay, by) + 0.5)
            for card in cards:
                if meet(piece, card, 1.6) and not _at_its_end(route, card):
                    yield f"line through a card: {route.name} {card}"


def _at_its_end(route: Route, card: Area) -> bool:
    """Lines may end on a slanted edge, inside the rectangle around a diamond."""
    return any(
        card[0] - 1 <= x <= card[2] + 1 and card[1] - 1 <= y <= card[3] + 1
        for x, y in (route.points[0], route.points[-1])
    )


def words_on_words(scene: Scene) -> Iterator[str]:
    placed = sorted(((area(t), t.text) for t in words(scene)), key=lambda p: p[0][1])
    for i, (a, text) in enumerate(placed):
        for b, other in placed[i + 1 :]:
            if b[1] >= a[3]:
                break
            if meet(a, b):
                yield f"words on words: {text} / {other}"


def words_across_edges(scene: Scene) -> Iterator[str]:
    """Words that stand partly in a card and partly outside, unless on a plate of their own."""
    edges = [area(s) for s in solids(scene)]
    for text, ground in grounded(scene):
        place = area(text)
        if ground and within(place, ground[0]):
            continue
        for edge in edges:
            if meet(place, edge) and not within(place, edge):
                yield f"words across an edge: {text.text} {edge}"


def lines_through_words(scene: Scene) -> Iterator[str]:
    texts = [(area(t), t.text) for t in words(scene)]
    shapes = [s for g in scene.groups for s in g.shapes]
    for i, tick in enumerate(shapes):
        if not isinstance(tick, Box) or min(tick.width, tick.height) >= THIN:
            continue
        for j, text in enumerate(shapes):
            if isinstance(text, Words) and meet(area(tick), area(text), by=0):
                plates = (s for s in shapes[i + 1 : j] if isinstance(s, Box) and s.fill)
                if not any(within(area(text), area(plate)) for plate in plates):
                    yield f"tick through words: {text.text}"
    for route in routes(scene):
        for (ax, ay), (bx, by) in pairwise(route.points):
            piece = (min(ax, bx) - 0.5, min(ay, by) - 0.5, max(ax, bx) + 0.5, max(ay, by) + 0.5)
            yield from (f"line through words: {route.name} / {t}" for place, t in texts if meet(piece, place))


def too_small(scene: Scene) -> Iterator[str]:
    for text in words(scene):
        least = CJK_LEAST if any(ord(c) > 0x2E80 for c in text.text) else LATIN_LEAST
        if text.size < least:
            yield f"too small: {text.text} {text.size}"


def too_faint(scene: Scene) -> Iterator[str]:
    """Words that stand out too little from what lies under them."""
    for text, ground in grounded(scene):
        color = ground[1] if ground else scene.paper
        if contrast(text.color, color) < CONTRAST_LEAST:
            yield f"too faint: {text.text} {text.color} on {color}"


def grounded(scene: Scene) -> Iterator[tuple[Words, tuple[Area, str] | None]]:
    """Every text with the topmost filled shape under its middle, and that one's colour."""
    grounds: list[tuple[Area, str]] = []
    for shape in (s for g in scene.groups for s in g.shapes):
        if isinstance(shape, Words):
            left, top, right, bottom = area(shape)
            x, y = (left + right) / 2, (top + bottom) / 2
            under = (g for g in reversed(grounds) if g[0][0] <= x <= g[0][2] and g[0][1] <= y <= g[0][3])
            yield shape, next(under, None)
        elif isinstance(shape, Box | Diamond) and shape.fill:
            grounds.append((area(shape), shape.fill))


def crossings(scene: Scene) -> int:
    """At how many points lines cross at right angles; lines that run together there count once."""
    across, down = [], []
    for route in routes(scene):
        for (ax, ay), (bx, by) in pairwise(route.points):
            if ay == by:
                across.append((min(ax, bx), max(ax, bx), ay))
            else:
                down.append((min(ay, by), max(ay, by), ax))
    return len({(x, y) for a, b, y in across for top, bottom, x in down if a < x < b and top < y < bottom})


def bends(scene: Scene) -> int:
    return sum(len(route.points) - 2 for route in routes(scene))
