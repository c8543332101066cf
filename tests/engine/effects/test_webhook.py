"""Webhooks are signed, repeat themselves byte for byte, and go nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.engine.effects.port import Retries
from jianban.engine.effects.webhook import BadSignature, Endpoint, signature, verify
from jianban.engine.engine import Engine
from jianban.workflows.language.errors import JianbanError
from tests.engine.effects.cases import Clock, sending

SECRET = "a secret of the two"
OTHER = "a secret of others"


class Request(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(HTTPServer):
    """Answers with the codes and headers it is given, then with 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.got: list[Request] = []
        self.answers: list[tuple[int, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks?from=jianban"


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.got.append(Request(self.path, dict(self.headers), body))
        code, headers = server.answers.pop(0) if server.answers else (204, {})
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def engine(clock: Clock) -> Iterator[Engine]:
    with Engine.open("sqlite://", clock=clock, ids=lambda now: "case-1") as engine:
        yield engine


def endpoints(receiver: Receiver) -> dict[str, Endpoint]:
    return {"archive": Endpoint(url=receiver.url, secret=SECRET, timeout=2)}


def test_a_receiver_can_trust_what_it_gets(engine: Engine, clock: Clock, receiver: Receiver) -> None:
    sending(engine)
    assert engine.worker({}, webhooks=endpoints(receiver)).once() == 1
    (request,) = receiver.got
    assert verify(request.headers, request.body, SECRET, now=clock.now) == "case-1:2:3"
    assert request.path == "/hooks?from=jianban"
    assert json.loads(request.body) == {
        "v": 1,
        "key": "case-1:2:3",
        "case": "case-1",
        "process": "test/small@1",
        "business_key": None,
        "subject": None,
        "at": int(clock.now.timestamp() * 1_000_000),
        "kind": "webhook",
        "to": "archive",
        "persons": [],
        "title": {"zh": "测试", "en": "Test"},
        "text": {"zh": "办件已到“审查”", "en": "The case has reached “Check”"},
        "node": "check",
        "place": "check",
        "payload": {"data": {"name": "甲"}},
    }
    assert [o.status.value for o in engine.effects()][2] == "done"


def test_a_second_attempt_says_the_same(engine: Engine, clock: Clock, receiver: Receiver) -> None:
    sending(engine)
    receiver.answers = [(503, {})]
    worker = engine.worker({}, webhooks=endpoints(receiver))
    worker.once()
    clock.forward(timedelta(seconds=10))
    worker.once()
    first, second = receiver.got
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.headers["Jianban-Signature"] != second.headers["Jianban-Signature"]
    verify(second.headers, second.body, SECRET, now=clock.now)


@pytest.mark.parametrize(
    ("code", "status"),
    [(200, "done"), (299, "done"), (429, "pending"), (408, "pending"), (500, "pending"), (503, "pending"),
     (400, "failed"), (404, "failed"), (410, "failed"), (301, "failed"), (307, "failed"), (308, "failed")],
)  # fmt: skip
def test_what_an_answer_leads_to(engine: Engine, receiver: Receiver, code: int, status: str) -> None:
    sending(engine)
    receiver.answers = [(code, {"Location": receiver.url})]
    engine.worker({}, webhooks=endpoints(receiver)).once()
    webhook = engine.effects()[2]
    assert webhook.status == status
    assert (webhook.error is None) == (status == "done")
    assert len(receiver.got) == 1  # nothing follows a redirect


def test_a_receiver_says_when_to_come_again(engine: Engine, clock: Clock, receiver: Receiver) -> None:
    sending(engine)
    receiver.answers = [(429, {"Retry-After": "3600"})]
    worker = engine.worker({}, webhooks=endpoints(receiver))
    worker.once()
    clock.forward(timedelta(seconds=3599))
    assert worker.once() == 0
    clock.forward(timedelta(seconds=1))
    assert worker.once() == 1


def test_nobody_there(engine: Engine, receiver: Receiver) -> None:
    sending(engine)
    gone = {"archive": Endpoint(url="http://127.0.0.1:9/", secret=SECRET, timeout=0.5)}
    engine.worker({}, webhooks=gone, retries=Retries(attempts=1)).once()
    (failed,) = engine.effects(status="failed")
    assert "ConnectionRefusedError" in (failed.error or "")


@pytest.mark.parametrize(
    "url",
    ["", "archive", "ftp://archive/", "file:///etc/passwd", "http://", "https://user:word@archive/",
     "http://archive/#part", "http://archive/a b", "http://archive/\r\nX: y", "http://archive:70000/",
     "http://[::1"],
)  # fmt: skip
def test_urls_that_will_not_do(url: str) -> None:
    with pytest.raises(JianbanError, match="cannot be the address of a webhook"):
        Endpoint(url=url, secret=SECRET)


def test_short_secrets_will_not_do_and_none_is_shown() -> None:
    with pytest.raises(JianbanError, match="too short"):
        Endpoint(url="https://archive/", secret="secret")
    assert SECRET not in repr(Endpoint(url="https://archive/", secret=SECRET))


def signed(clock: Clock, body: bytes = b"{}", secret: str = SECRET) -> dict[str, str]:
    at = int(clock.now.timestamp())
    return {
        "idempotency-key": "case-1:2:3",
        "JIANBAN-TIMESTAMP": str(at),
        "Jianban-Signature": signature(secret, at, "case-1:2:3", body),
    }


def test_a_known_signature() -> None:
    # so that a receiver in any language can check its own
    assert signature("0123456789abcdef", 1709514000, "case-1:2:3", b'{"v":1}') == (
        "v1=b509e7f2498ce885b6ab801c5935180b577a61e24c781f0575f837db9c0aab7d"
    )


def test_a_secret_gives_way_to_the_next(clock: Clock) -> None:
    headers = signed(clock)
    assert verify(headers, b"{}", [OTHER, SECRET], now=clock.now) == "case-1:2:3"
    with pytest.raises(BadSignature, match="does not match"):
        verify(headers, b"{}", [OTHER], now=clock.now)
    with pytest.raises(BadSignature, match="does not match"):
        verify(headers, b"{}", [], now=clock.now)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365])
def test_old_requests_and_those_from_the_future(clock: Clock, minutes: int) -> None:
    headers = signed(clock)
    clock.forward(timedelta(minutes=minutes))
    with pytest.raises(BadSignature, match="too old"):
        verify(headers, b"{}", SECRET, now=clock.now)


@pytest.mark.parametrize("name", ["idempotency-key", "JIANBAN-TIMESTAMP", "Jianban-Signature"])
@pytest.mark.parametrize("value", [None, "", "1", "v1=", "九", "-1", "1" * 400, "v1=ff", "\x00", "v2=é"])
def test_headers_that_were_changed(clock: Clock, name: str, value: str | None) -> None:
    headers = signed(clock) | {name: value or ""}
    if value is None:
        del headers[name]
    with pytest.raises(BadSignature):
        verify(headers, b"{}", SECRET, now=clock.now)


@given(st.binary(), st.binary())
def test_a_changed_body(body: bytes, other: bytes) -> None:
    clock = Clock()
    headers = signed(clock, body)
    assert verify(headers, body, SECRET, now=clock.now)
    if other != body:
        with pytest.raises(BadSignature):
            verify(headers, other, SECRET, now=clock.now)
