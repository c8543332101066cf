"""Installs the top-level folders as one namespace, `jianban.*`; the rest is in pyproject.toml."""

from setuptools import find_namespace_packages, setup

FOLDERS = ("definitions", "engine", "workflows")
DATA = ["*.yaml", "*.json", "*.css", "*.html", "*.md", "py.typed"]

packages = [
    f"jianban.{name}"
    for folder in FOLDERS
    for name in [folder, *(f"{folder}.{sub}" for sub in find_namespace_packages(folder))]
]

setup(
    packages=packages,
    package_dir={f"jianban.{folder}": folder for folder in FOLDERS},
    package_data=dict.fromkeys(packages, DATA),
)
