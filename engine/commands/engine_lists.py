"""What all lists of stored cases have in common: how they are asked for, and how a page is told."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

from jianban.engine.commands.engine_database import after, calendar, db, limit, now, opened, read_now
from jianban.engine.commands.engine_telling import tabulate, tell_more
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import Session
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.engine.engine import Engine
    from jianban.engine.pages import Page

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of every list."""

    limit: int
    after: str | None
    moment: datetime | None
    json: bool
    db: str | None
    calendar: str | None

    def opened(self, session: Session) -> "AbstractContextManager[Engine]":
        return opened(session, self.db, self.calendar)

    def tell(
        self,
        session: Session,
        name: str,
        page: "Page[Any]",
        plain: Callable[[Any], Any],
        headings: Sequence[Text],
        rows: Callable[[Any], Iterable[Sequence[Any]]],
        none: Text,
    ) -> None:
        """Write a page.

        Args:
            name: of its items in JSON.
            plain: an item in JSON.
            rows: of an item in the table.
            none: that there is nothing.
        """
        if self.json:
            session.write_json({name: [plain(item) for item in page], "after": page.after})
        elif not page.items:
            session.write(session.say(none))
        else:
            tabulate(session, headings, [row for item in page for row in rows(item)])
            tell_more(session, page.after)


def listing(lang: Lang) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Gives a command the options of every list, of which it gets what was asked as `asked`."""
    shared = {
        "limit": (Annotated[int, limit(lang)], MOST),
        "after": (Annotated[str | None, after(lang)], None),
        "now": (Annotated[str | None, now(lang)], None),
        "db": (Annotated[str | None, db(lang)], None),
        "calendar": (Annotated[str | None, calendar(lang)], None),
        "json": (Annotated[bool, as_json(lang)], False),
    }
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def call(**given: Any) -> int:
            own = {name: given.pop(name) for name in list(given) if name not in shared}
            moment = read_now(given.pop("now"))
            return command(asked=Asked(moment=moment, **given), **own)

        own = [p for p in signature(command).parameters.values() if p.name != "asked"]
        said: Any = call  # what typer reads
        said.__signature__ = Signature([*own, *options])
        said.__annotations__ = {p.name: p.annotation for p in (*own, *options)}
        return call

    return decorated
