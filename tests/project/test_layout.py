"""The folders install as one namespace, and the lock can be used anywhere."""

import importlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
FOLDERS = ["definitions", "engine", "workflows"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_a_typed_package_of_the_namespace(folder: str) -> None:
    package = importlib.import_module(f"jianban.{folder}")
    assert Path(package.__path__[0]) == ROOT / folder
    assert files(package).joinpath("py.typed").is_file()
    assert (ROOT / ".typing" / "jianban" / folder).resolve() == ROOT / folder


def test_the_namespace_stays_open() -> None:
    assert importlib.import_module("jianban").__file__ is None


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*-(?!-hash)", lock, re.MULTILINE)
    pins = re.findall(r"^[\w.-]+==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pins) > 30
    assert all("--hash=sha256:" in pin for pin in pins)


def test_every_folder_with_code_is_a_package() -> None:
    """The import contracts do not see into a folder without `__init__.py`."""
    folders = {path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert [f for f in sorted(folders) if not (f / "__init__.py").is_file()] == []


def test_the_lock_holds_every_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = {
        canonicalize_name(name): Version(v) for name, v in re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.M)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]
    assert [str(r) for r in wanted if pins[canonicalize_name(r.name)] not in r.specifier] == []


def test_every_module_of_the_engine_has_its_line() -> None:
    told = set(re.findall(r"`(\w+)", importlib.import_module("jianban.engine").__doc__ or ""))
    there = {
        p.stem for p in (ROOT / "engine").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()
    }
    assert sorted(there - told - {"__init__", "commands"}) == []
