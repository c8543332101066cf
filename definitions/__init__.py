"""The catalogue: a YAML file per process variant, a folder per subject, and the shared registries beside.

Data only; read it with `importlib.resources.files("jianban.definitions")`.
"""
