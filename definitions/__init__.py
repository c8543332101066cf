"""The catalogue: one YAML file per process variant in a folder per subject, and the shared registries beside them.

Data only; read it with `importlib.resources.files("jianban.definitions")`.
"""
