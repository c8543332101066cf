"""The type of the figures: Noto Sans SC, as two static faces made from the variable font of a package.

Graphviz, the PNG and the PDF writer take static faces only, so weights 400 and 700 are cut from the
variable font once and kept in the user's cache, beside a table of advance widths. Kerning and substitution
tables are left out: the width of a text is then exactly the sum of its advances, for everyone who measures
it. All characters of the font are kept, so a rare character needs no other face.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from jianban.workflows.figures.errors import Unavailable, missing
from jianban.workflows.texts import Text

FAMILY = "Noto Sans SC"
WEIGHTS = {400: "Regular", 700: "Bold"}
_FORMAT = "2"
"""Raised when what is written to the cache changes."""
_PACKAGE = "justmytype-intl-cjk"
_VARIABLE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
_UNUSED = ("BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "vhea", "vmtx", "DSIG")
_CONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <cachedir>{folder}/cache</cachedir>
</fontconfig>
"""
"""With absolute paths: older versions of fontconfig take relative ones from the working directory and scan
that."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """A folder with the two faces, their advances and a fontconfig file."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "fonts.conf"

    def face(self, weight: int) -> Path:
        return self.folder / f"NotoSansSC-{WEIGHTS[weight]}.ttf"

    def advances(self) -> dict[str, object]:
        """`ranges`: the characters covered; `400`, `700`: advances that differ from 1000, in 1/1000 of the
        size."""
        return json.loads((self.folder / "advances.json").read_text(encoding="utf-8"))


@cache
def prepare_fonts() -> Fonts:
    """The fonts, made at first use (about a second) and found again afterwards.

    Safe to call from many processes at once. Where the cache cannot be written, a temporary folder serves
    this process.

    Raises:
        Unavailable: the font package, or the library that cuts faces from it, is not installed.
    """
    source = variable_font()
    with source.open("rb") as file:
        # The table directory holds a checksum per table, so its start identifies the font.
        key = hashlib.sha256(_FORMAT.encode() + file.read(512)).hexdigest()[:16]
    folder = _cache() / f"fonts-{key}"
    if (folder / "fonts.conf").is_file():
        return Fonts(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".fonts-", dir=folder.parent))
    except OSError:
        draft = folder = Path(tempfile.mkdtemp(prefix="jianban-fonts-"))
        atexit.register(shutil.rmtree, draft, ignore_errors=True)
    try:
        _write(source, draft, folder)
        _move(draft, folder)
    except OSError as error:
        raise Unavailable(
            Text(f"无法在 {folder} 写入字体：{error}", f"The fonts cannot be written to {folder}: {error}")
        ) from error
    finally:
        if draft != folder:
            shutil.rmtree(draft, ignore_errors=True)
    return Fonts(folder)


def _move(draft: Path, folder: Path) -> None:
    """Put a finished folder in its place; what another process put there meanwhile is as good."""
    if draft == folder:
        return
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / "fonts.conf").is_file():
            # left behind incomplete
            shutil.rmtree(folder)
            draft.rename(folder)


def variable_font() -> Path:
    """The variable font inside its package."""
    spec = find_spec(_PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise missing(_PACKAGE, Text("准备中文字体", "prepare the Chinese font"))
    path = Path(spec.origin).parent / _VARIABLE
    if not path.is_file():
        raise Unavailable(
            Text(
                f"软件包 {_PACKAGE} 中没有 {FAMILY} 字体。请重新安装该软件包",
                f"The package {_PACKAGE} holds no {FAMILY}. Install it again",
            )
        )
    return path


def _cache() -> Path:
    """The user's cache folder of Jianban."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(home) if home else Path(os.path.expanduser("~")) / ".cache") / "jianban"  # noqa: PTH111


def _write(source: Path, folder: Path, home: Path) -> None:
    """Make the fonts in a folder that will then lie at `home`."""
    hb = _harfbuzz()
    fonts = Fonts(folder)
    face = hb.Face(hb.Blob.from_file_path(str(source)))
    covered = sorted(face.unicodes)
    advances: dict[str, object] = {"ranges": _ranges(covered)}
    for weight in WEIGHTS:
        wanted = hb.SubsetInput()
        wanted.unicode_set.update(covered)
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _UNUSED)
        wanted.flags = hb.SubsetFlags.NO_HINTING
        wanted.pin_axis_location(face, "wght", weight)
        static = hb.subset(face, wanted)
        font = hb.Font(static)
        widths = {c: font.get_glyph_h_advance(font.get_nominal_glyph(c) or 0) for c in covered}
        advances[str(weight)] = {str(c): width for c, width in widths.items() if width != 1000}
        fonts.face(weight).write_bytes(_named(static.blob.data, WEIGHTS[weight]))
    (folder / "advances.json").write_text(json.dumps(advances), encoding="utf-8")
    # Written last: a folder that has it is complete.
    fonts.config.write_text(_CONFIG.format(folder=escape(str(home.resolve()))), encoding="utf-8")


def _harfbuzz() -> Any:
    try:
        return import_module("uharfbuzz")  # its stub names nothing
    except ImportError:
        raise missing("uharfbuzz", Text("准备中文字体", "prepare the Chinese font")) from None


def face_rules(characters: Mapping[int, Collection[str]]) -> str:
    """CSS that carries the glyphs of these characters, by weight, so that text looks the same for every
    reader. The licence of the font (OFL) allows it.

    Raises:
        Unavailable: as `prepare_fonts`.
    """
    rules = (
        f"@font-face{{font-family:'{FAMILY}';font-weight:{weight};"
        f"src:url(data:font/woff;base64,{b64encode(_woff(weight, ''.join(sorted(chars)))).decode()})}}"
        for weight, chars in sorted(characters.items())
    )
    return "".join(rules)


@lru_cache(maxsize=64)
def _woff(weight: int, characters: str) -> bytes:
    """A face cut down to these characters."""
    from io import BytesIO

    from fontTools.ttLib import TTFont

    hb = _harfbuzz()
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    face = hb.Face(hb.Blob.from_file_path(str(prepare_fonts().face(weight))))
    font = TTFont(BytesIO(hb.subset(face, wanted).blob.data), recalcTimestamp=False)
    font.flavor = "woff"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def _named(data: bytes, style: str) -> bytes:
    """The face under its own name: pinning an axis leaves the default instance's (Thin) in the name table."""
    from io import BytesIO

    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(data), lazy=True, recalcTimestamp=False)
    bold = style == "Bold"
    tables: dict[str, Any] = {name: font[name] for name in ("OS/2", "head", "name")}
    tables["OS/2"].fsSelection = 0x20 if bold else 0x40
    tables["head"].macStyle = int(bold)
    names = tables["name"]
    for record in list(names.names):
        if record.nameID in {16, 17, 21, 22, 25} or record.nameID > 255:
            names.removeNames(nameID=record.nameID)
    for name_id, text in {1: FAMILY, 2: style, 4: f"{FAMILY} {style}", 6: f"NotoSansSC-{style}"}.items():
        names.setName(text, name_id, 3, 1, 0x409)
    out = BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def _ranges(codes: list[int]) -> list[list[int]]:
    """Sorted code points as inclusive ranges."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


@contextmanager
def fontconfig() -> Iterator[None]:
    """Within it, what starts fontconfig sees the prepared fonts and no others; the environment is left as
    it was."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(prepare_fonts().config)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


if __name__ == "__main__":
    print(prepare_fonts().folder)
