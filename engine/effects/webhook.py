"""Webhooks: effects sent to systems that the host has named, as signed JSON; and `verify` for receivers.

The signature is `v1=` and HMAC-SHA256, in hex, of `timestamp.key.body`: the seconds since 1970 in the header
`Jianban-Timestamp`, the header `Idempotency-Key`, and the body as it was sent.
"""

from __future__ import annotations

import hmac
import http.client
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

from jianban.engine.codec import microseconds
from jianban.engine.effects.port import TryLater, Undeliverable
from jianban.engine.effects.rows import Outgoing, plain_effect
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

KEY = "Idempotency-Key"
TIMESTAMP = "Jianban-Timestamp"
SIGNATURE = "Jianban-Signature"
SCHEME = "v1"
AGAIN = frozenset({408, 409, 423, 425, 429})
"""Codes below 500 after which the same request may succeed."""
READ = 500
"""Bytes of an answer that are read, for the error."""
SHORTEST_SECRET = 16


class BadSignature(JianbanError):
    """A request was not signed with the secret, was changed, or is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A system that webhooks may call. Where it is comes from the host, never from a case."""

    url: str
    secret: str | bytes = field(repr=False)
    """Shared with the receiver, of 16 bytes or more."""
    timeout: float = 10.0
    """Seconds that connecting, sending and each part of the answer may take."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """For https, where the usual authorities do not do."""

    def __post_init__(self) -> None:
        """
        Raises:
            JianbanError: the URL or the secret will not do.
        """
        _parts(self.url)
        if len(_bytes(self.secret)) < SHORTEST_SECRET:
            raise JianbanError(SHORT.format(url=self.url, least=SHORTEST_SECRET))


class Webhook:
    """A handler that posts effects to an endpoint."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], datetime]) -> None:
        self.endpoint = endpoint
        self._clock = clock

    def __call__(self, outgoing: Outgoing) -> None:
        """
        Raises:
            Undeliverable: the endpoint refuses the request.
            TryLater: it asks to be called later.
            OSError, http.client.HTTPException: it cannot be reached.
        """
        endpoint = self.endpoint
        body = body_of(outgoing)
        timestamp = microseconds(self._clock()) // 1_000_000
        parts = _parts(endpoint.url)
        connection = _connection(parts, endpoint)
        try:
            connection.request(
                "POST",
                (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                body,
                {
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "jianban",
                    KEY: outgoing.key,
                    TIMESTAMP: str(timestamp),
                    SIGNATURE: signature(endpoint.secret, timestamp, outgoing.key, body),
                },
            )
            answer = connection.getresponse()
            said = answer.read(READ).decode("utf-8", "replace")
        finally:
            connection.close()
        code = answer.status
        if 200 <= code < 300:
            return
        told = f"HTTP {code} {answer.reason}: {said}"
        if code >= 500 or code in AGAIN:
            raise TryLater(told, _after(answer.getheader("Retry-After")))
        # a redirect too: the host has named the endpoint, and nobody else may
        raise Undeliverable(told)


def body_of(outgoing: Outgoing) -> bytes:
    """What is sent: canonical JSON, the same at each attempt."""
    return canonical(
        {
            "v": 1,
            "key": outgoing.key,
            "case": outgoing.case,
            "process": outgoing.process,
            "business_key": outgoing.business_key,
            "subject": outgoing.subject,
            "at": microseconds(outgoing.at),
            "kind": outgoing.effect.kind.value,
            "to": outgoing.effect.to,
            **plain_effect(outgoing.effect),
        }
    )


def signature(secret: str | bytes, timestamp: int, key: str, body: bytes) -> str:
    """The signature of a request, as its header has it."""
    signed = f"{timestamp}.{key}.".encode() + body
    return f"{SCHEME}={hmac.new(_bytes(secret), signed, sha256).hexdigest()}"


def verify(
    headers: Mapping[str, str],
    body: bytes,
    secrets: str | bytes | Sequence[str | bytes],
    *,
    now: datetime,
    tolerance: timedelta = timedelta(minutes=5),
) -> str:
    """Check a request that was received; for the receiver.

    Args:
        headers: of the request, whatever the case of their names.
        body: as it was received, before anything parses it.
        secrets: the secret, or several while one gives way to the next.
        now: with its zone.
        tolerance: how far its timestamp may be from now.

    Returns:
        Its idempotency key: a receiver that has seen it before has nothing to do.

    Raises:
        BadSignature: it is not signed with the secret, was changed, or is too old.
    """
    given = {name.lower(): value for name, value in headers.items()}
    key, stamp = given.get(KEY.lower(), ""), given.get(TIMESTAMP.lower(), "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise BadSignature(UNSIGNED)
    timestamp = int(stamp)
    found = given.get(SIGNATURE.lower(), "").encode()
    known = (secrets,) if isinstance(secrets, str | bytes) else secrets
    # each is compared, so that the time it takes tells nothing
    matches = [hmac.compare_digest(signature(s, timestamp, key, body).encode(), found) for s in known]
    if not any(matches):
        raise BadSignature(WRONG)
    if abs(now.timestamp() - timestamp) > tolerance.total_seconds():
        raise BadSignature(OLD)
    return key


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        well = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        well = False
        parts = urlsplit("")
    if not well or parts.username is not None or parts.fragment or not url.isprintable() or " " in url:
        raise JianbanError(BAD_URL.format(url=url))
    return parts


def _connection(parts: SplitResult, endpoint: Endpoint) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=endpoint.timeout)
    context = endpoint.context or ssl.create_default_context()
    return http.client.HTTPSConnection(host, parts.port, timeout=endpoint.timeout, context=context)


def _after(header: str | None) -> timedelta:
    """The seconds of `Retry-After`; dates are ignored, the usual wait goes on."""
    if header is None or not header.isascii() or not header.isdigit() or len(header) > 6:
        return timedelta()
    return timedelta(seconds=int(header))


def _bytes(secret: str | bytes) -> bytes:
    return secret.encode() if isinstance(secret, str) else secret


BAD_URL = Text(
    "“{url}”不能用作 webhook 的地址。请写作 https://主机/路径，不带用户名和 #",
    "“{url}” cannot be the address of a webhook. Write https://host/path, without a user name or #",
)
SHORT = Text(
    "“{url}”的密钥太短。请使用 {least} 字节以上的随机密钥",
    "the secret of “{url}” is too short. Use a random one of {least} bytes or more",
)
UNSIGNED = Text("请求没有签名", "the request is not signed")
WRONG = Text(
    "请求的签名不符。请核对密钥，并对收到的原文验签",
    "the signature does not match. Check the secret, and verify the body as it was received",
)
OLD = Text("请求已过时或时钟不准", "the request is too old, or a clock is wrong")
