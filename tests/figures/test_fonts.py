"""The two faces: made once, found again, whatever happens to the cache."""

import os
import subprocess
import sys

import pytest

from jianban.workflows.figures import fonts
from jianban.workflows.figures.errors import FigureError
from jianban.workflows.figures.fonts import FAMILY, fontconfig, prepare_fonts, variable_font


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A cache of its own, and nothing remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    prepare_fonts.cache_clear()
    yield tmp_path
    prepare_fonts.cache_clear()


def test_the_faces_are_static_and_carry_the_family_name():
    from fontTools.ttLib import TTFont

    for weight in fonts.WEIGHTS:
        with TTFont(prepare_fonts().face(weight), lazy=True) as font:
            assert font["name"].getDebugName(1) == FAMILY
            assert vars(font["OS/2"])["usWeightClass"] == weight
            assert "fvar" not in font


def test_many_processes_may_make_them_at_once(fresh):
    code = "from jianban.workflows.figures.fonts import prepare_fonts; print(prepare_fonts().folder)"
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for _ in range(2)]
    folders = {process.communicate()[0] for process in running}
    assert [p.returncode for p in running] == [0, 0]
    assert len(folders) == 1
    assert [p.name for p in (fresh / "jianban").iterdir()] == [prepare_fonts().folder.name]


def test_an_incomplete_folder_is_made_anew_with_the_same_bytes(fresh):
    made = [prepare_fonts().face(w).read_bytes() for w in fonts.WEIGHTS]
    prepare_fonts().face(400).unlink()
    prepare_fonts().config.unlink()
    prepare_fonts.cache_clear()
    assert [prepare_fonts().face(w).read_bytes() for w in fonts.WEIGHTS] == made
    assert prepare_fonts().config.is_file()


def test_a_cache_that_cannot_be_written_does_not_matter(fresh):
    (fresh / "jianban").write_text("in the way")
    assert prepare_fonts().face(400).is_file()


def test_a_missing_font_package_is_named(fresh, monkeypatch):
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(FigureError, match="justmytype-intl-cjk"):
        variable_font()


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    with fontconfig():
        assert os.environ["FONTCONFIG_FILE"] == str(prepare_fonts().config)
    assert "FONTCONFIG_FILE" not in os.environ
