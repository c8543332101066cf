"""Cases in a web service: `pip install fastapi uvicorn`, then `uvicorn --factory fastapi_app:app`; or
`create_app(engine)` in your program.

网络服务中的办件：先 `pip install fastapi uvicorn`，再 `uvicorn --factory fastapi_app:app`；
或在自己的程序中 `create_app(engine)`。
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from jianban.engine import Actor, Engine
from jianban.engine.engine import (
    Conflict,
    KeyReused,
    Refusal,
    Refused,
    StoreError,
    TransactionLost,
    UnknownCase,
)
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang

PEOPLE = {"li": {"investors"}, "zhao": {"agent"}, "wang": {"tax_officer"}}
"""Who has which roles: yours come from your directory. 人员及其角色：实际应取自本单位的人员目录。"""
STATUS = {UnknownCase: 404, Conflict: 409, TransactionLost: 409, KeyReused: 422, StoreError: 503}

applications = Table(
    "applications",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("company", String(200), nullable=False),
    Column("case_id", String(64), nullable=False, unique=True),
)
"""A table of the host, in the database of the cases. 本系统自己的表，与办件同库。"""


class Application(BaseModel):
    company: str
    data: dict[str, Any] = {}


class Event(BaseModel):
    event: str
    """`step.event`, as the options say."""
    data: dict[str, Any] = {}
    reason: str = ""


def actor_of(x_user: Annotated[str, Header()]) -> Actor:
    """Who asks: here by a header, in earnest by your login. 操作人：此处取自请求头，实际应取自登录会话。"""
    if x_user not in PEOPLE:
        raise HTTPException(401)
    return Actor(x_user, PEOPLE[x_user])


def language_of(request: Request) -> Lang:
    return "en" if request.headers.get("accept-language", "").startswith("en") else "zh"


Someone = Annotated[Actor, Depends(actor_of)]
Key = Annotated[str, Header(alias="Idempotency-Key")]
Language = Annotated[Lang, Depends(language_of)]


def told(refusal: Refusal, lang: Lang) -> dict[str, Any]:
    """A refusal for the reader: which rule, why, what to do, until when. 拒绝的理由和补救办法。"""
    return {
        "rule": refusal.code,
        "text": refusal.text.get(lang),
        "remedy": refusal.remedy.get(lang),
        "until": refusal.until,
        "missing": refusal.missing,
        "others": [told(other, lang) for other in refusal.others],
    }


def create_app(engine: Engine) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.close()

    app = FastAPI(lifespan=lifespan)
    with engine.store.transaction() as connection:
        applications.create(connection, checkfirst=True)

    # plain functions run in threads, where those who come together are committed together
    @app.post("/applications", status_code=201)
    def apply(body: Application, actor: Someone, key: Key) -> dict[str, Any]:
        with engine.store.transaction() as connection:  # both rows, or none
            case = engine.start(
                "deregistration/simple",
                data=body.data,
                actor=actor,
                key=f"{actor.id}/{key}",  # counts among all starts
                subject=body.company,
                connection=connection,
            )
            mine = select(applications.c.id).where(applications.c.case_id == case.id)
            number = connection.scalar(mine)
            if number is None:
                row = insert(applications).values(company=body.company, case_id=case.id)
                number = connection.scalar(row.returning(applications.c.id))
        return {"application": number, "case": case.id}

    @app.get("/cases/{id}/options")
    def options(id: str, actor: Someone, lang: Language) -> list[dict[str, Any]]:
        return [
            {
                "event": offer.event if offer.place is None else f"{offer.place}.{offer.event}",
                "title": offer.title.get(lang),
                "roles": [role.title.get(lang) for role in offer.roles],
                "deadline": offer.deadline,
                "needs": offer.collects,
                "reason": offer.reason_required,
                "refused": offer.refusal and told(offer.refusal, lang),
            }
            for offer in engine.options(id, actor=actor)
        ]

    @app.get("/tasks")
    def tasks(actor: Someone, lang: Language, after: str | None = None) -> dict[str, Any]:
        page = engine.tasks(actor=actor, after=after)
        found = [
            {
                "case": task.case,
                "subject": task.subject,
                "title": task.title.get(lang),
                "due": task.due,
                "light": task.light,
            }
            for task in page
        ]
        return {"tasks": found, "after": page.after}

    @app.post("/cases/{id}/events")
    def fire(id: str, body: Event, actor: Someone, key: Key) -> dict[str, Any]:
        answer = engine.fire(id, body.event, actor=actor, data=body.data, reason=body.reason, key=key)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        return {"entry": answer.seq, "at": answer.at, "repeated": answer.repeated}

    @app.exception_handler(JianbanError)
    def failed(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, JianbanError)
        lang = language_of(request)
        if isinstance(error, Refused):
            return JSONResponse(jsonable_encoder(told(error.refusal, lang)), status_code=409)
        return JSONResponse({"text": error.text.get(lang)}, status_code=STATUS.get(type(error), 400))

    return app


def app() -> FastAPI:
    return create_app(Engine.open(os.environ.get("CASES", "sqlite:///cases.db")))
