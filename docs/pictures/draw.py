"""Draws the pictures of the documentation anew: `.venv/bin/python docs/pictures/draw.py`."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import Figure, comparison_figure, process_figure, render
from jianban.workflows.language.catalogue import Catalogue

HERE = Path(__file__).parent
DPI = 110


def write(name: str, figure: Figure) -> None:
    """As SVG, and as a PNG of few colours so that a page loads fast."""
    (HERE / f"{name}.svg").write_bytes(render(figure))
    image = Image.open(BytesIO(render(figure, "png", dpi=DPI))).convert("RGB")
    few = image.quantize(192, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(HERE / f"{name}.png", optimize=True)


def main() -> None:
    catalogue = Catalogue.default()
    general, simple = (
        compile_process(catalogue.process(f"deregistration/{name}")) for name in ("general", "simple")
    )
    write("comparison", comparison_figure(compare([general, simple])))
    write("process", process_figure(simple, measure(simple)))


if __name__ == "__main__":
    main()
