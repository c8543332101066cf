"""Features: what each process must do, in an official's words."""

pytest_plugins = ["features.steps.common", "features.steps.lots"]
