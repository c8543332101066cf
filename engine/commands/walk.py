import typer

from jianban.workflows.texts import Lang


def register(app: typer.Typer, lang: Lang) -> None: ...
