"""The wheel carries everything the folders hold, definitions included."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("definitions", "engine", "workflows")


def test_the_wheel_carries_every_file(tmp_path: Path) -> None:
    source = tmp_path / "source"
    unwanted = shutil.ignore_patterns("__pycache__")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=unwanted)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path]
    subprocess.run([*pip, source], check=True, capture_output=True)
    wheel = zipfile.ZipFile(next(tmp_path.glob("*.whl")))
    held = {name for name in wheel.namelist() if name.startswith("jianban/")}
    files = {f"jianban/{p.relative_to(ROOT)}" for f in FOLDERS for p in (ROOT / f).rglob("*") if p.is_file()}
    assert held == {name for name in files if "__pycache__" not in name}
