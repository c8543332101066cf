"""The examples of the guide run: a script, FastAPI, Django."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from jianban.engine import Actor, Engine

EXAMPLES = Path(__file__).parents[2] / "docs" / "how-to" / "examples"
NOW = datetime(2024, 9, 2, 9)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_tells_a_retry_from_the_first_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = load("plain").main
    url = f"sqlite:///{tmp_path}/cases.db"
    main(url)
    first = capsys.readouterr().out.splitlines()
    assert first[2] == "tax_check.objection: “提出异议”应由税务人员办理。请由有该职责的人员办理"
    assert first[-1] == "记录完整"
    main(url)
    second = capsys.readouterr().out.splitlines()
    assert [line for line in second if "已办理" in line] == []
    assert second[4:] == first[4:]


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask() -> Ask:
    """Sends a request to the FastAPI example, on a database in memory."""
    engine = Engine.open("sqlite://", clock=lambda: NOW)
    app = load("fastapi_app").create_app(engine)

    async def send(method: str, path: str, user: str, key: str, lang: str, body: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://cases") as client:
            headers = {"X-User": user, "Idempotency-Key": key, "Accept-Language": lang}
            return await client.request(method, path, headers=headers, json=body)

    def asked(
        method: str, path: str, body: Any = None, *, user: str = "li", key: str = "k", lang: str = "zh"
    ) -> httpx.Response:
        return asyncio.run(send(method, path, user, key, lang, body))

    return asked


def test_a_row_of_the_host_and_its_case_are_opened_together_and_once(ask: Ask) -> None:
    body = {"company": "某某公司", "data": {"debts": "settled"}}
    first, again = (ask("POST", "/applications", body) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    refused = ask("POST", "/applications", body | {"data": {"debts": "open"}}, key="k2")
    assert (refused.status_code, refused.json()["rule"]) == (409, "eligibility")
    assert ask("POST", "/applications", body, key="k3").json()["application"] == 2


def test_who_may_do_what_and_why_not_in_the_language_of_the_reader(ask: Ask) -> None:
    case = ask("POST", "/applications", {"company": "某某公司"}).json()["case"]
    (offer,) = ask("GET", f"/cases/{case}/options").json()
    assert (offer["event"], offer["title"]) == ("commit.commit", "作出承诺")
    fired = ask("POST", f"/cases/{case}/events", {"event": offer["event"]}, key="e1")
    assert fired.json()["entry"] == 2
    repeated = ask("POST", f"/cases/{case}/events", {"event": offer["event"]}, key="e1")
    assert repeated.json() == fired.json() | {"repeated": True}
    answers = [
        ask("POST", f"/cases/{case}/events", {"event": "publish.submit"}, key="e2", lang=lang)
        for lang in ("zh", "en")
    ]
    assert [a.status_code for a in answers] == [409, 409]
    assert [a.json()["text"] for a in answers] == [
        "“提交”应由经办人办理",
        "“Submit” is for: The enterprise's agent",
    ]


def test_what_waits_for_whom(ask: Ask) -> None:
    case = ask("POST", "/applications", {"company": "某某公司"}).json()["case"]
    (task,) = ask("GET", "/tasks").json()["tasks"]
    assert (task["case"], task["subject"], task["title"]) == (case, "某某公司", "作出承诺")
    assert ask("GET", "/tasks", user="wang").json() == {"tasks": [], "after": None}


def test_what_is_wrong_with_a_request_has_its_own_status(ask: Ask) -> None:
    case = ask("POST", "/applications", {"company": "某某公司"}).json()["case"]
    ask("POST", f"/cases/{case}/events", {"event": "commit.commit"}, key="e1")
    reused = ask("POST", f"/cases/{case}/events", {"event": "withdraw"}, key="e1", user="zhao")
    unknown = ask("GET", "/cases/none/options")
    stranger = ask("GET", f"/cases/{case}/options", user="nobody")
    assert [r.status_code for r in (reused, unknown, stranger)] == [422, 404, 401]
    assert unknown.json() == {"text": "没有办件“none”。请核对编号"}


@pytest.fixture(scope="module")
def desk() -> Iterator[ModuleType]:
    """The Django example, its database and that of the cases in memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESK", ":memory:")
        patch.setenv("CASES", "sqlite://")
        patch.setenv("HOSTS", "testserver")
        desk = load("django_app")
        desk.prepare()
        yield desk
        desk.engine().close()
        desk.connection.close()


def person(desk: ModuleType, name: str, *roles: str) -> Any:
    """A client of Django, logged in as somebody of these groups."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    user, new = User.objects.get_or_create(username=name)
    if new:
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    client = Client()
    client.force_login(user)
    return client


def post(client: Any, path: str, key: str, body: Any, lang: str = "zh-hans") -> Any:
    headers = {"Idempotency-Key": key, "Accept-Language": lang}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_django_opens_a_case_after_its_own_commit_and_once(desk: ModuleType) -> None:
    li = person(desk, "li", "investors")
    first, again = (post(li, "/applications", "a1", {"company": "某某公司"}) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    refused = post(li, "/applications", "a2", {"company": "某某公司", "facts": {"debts": "open"}})
    assert refused.status_code == 409
    assert refused.json()["refused"].startswith("不符合申请条件")


def test_django_opens_what_a_crash_has_left(desk: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    li = person(desk, "li", "investors")
    with monkeypatch.context() as crash:
        crash.setattr(desk, "open_case", lambda application: None)
        assert post(li, "/applications", "a3", {"company": "另一公司"}).json()["case"] is None
    assert desk.open_waiting() == 1
    case = post(li, "/applications", "a3", {"company": "另一公司"}).json()["case"]
    assert desk.engine().case(case).subject == "另一公司"
    assert desk.open_waiting() == 0


def test_a_group_of_django_is_a_role(desk: ModuleType) -> None:
    li, zhao = person(desk, "li", "investors"), person(desk, "zhao", "agent")
    case = post(li, "/applications", "a4", {"company": "某某公司"}).json()["case"]
    (offer,) = li.get(f"/cases/{case}/options").json()["options"]
    said = [
        post(zhao, f"/cases/{case}/events", "e1", {"event": offer["event"]}, lang).json()["text"]
        for lang in ("zh-hans", "en")
    ]
    assert said == [
        "“作出承诺”应由全体投资人办理",
        "“Commit” is for: All investors",
    ]
    assert post(li, f"/cases/{case}/events", "e1", {"event": offer["event"]}).json()["entry"] == 2
    assert li.get("/cases/none/options").status_code == 404


def test_what_the_cases_tell_becomes_a_row_of_django_once(
    desk: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import Client

    engine = desk.engine()
    later = engine.now() + timedelta(days=20)
    case = engine.start("deregistration/simple", actor=Actor("li", {"investors"}))
    engine.fire(case.id, "commit.commit", actor=Actor("li", {"investors"}))
    engine.fire(case.id, "publish.submit", actor=Actor("zhao", {"agent"}))
    monkeypatch.setattr(engine, "clock", lambda: later)
    engine.worker({"notify": desk.notify}).once()
    (effect, *_rest) = engine.effects(case=case.id, status="done")
    desk.notify(effect)
    assert desk.Notice.objects.filter(key=effect.key).count() == 1
    stranger: Any = Client().get(f"/cases/{case.id}/options")
    assert stranger.status_code == 302
