"""The record of a draw is checked completely; what was changed is told with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.lots.commitment import Commitment, Secret, SecretError, commit
from jianban.workflows.lots.plan import Plan, read_take
from jianban.workflows.lots.protocol import (
    Protocol,
    ProtocolError,
    commitment_plain,
    read_commitment,
    read_protocol,
    record_draw,
    to_plain,
    verify,
)
from jianban.workflows.lots.registers import Late, Registers

REGISTERS = Registers(
    objects={f"企业{i:02}": "AB"[i % 2] for i in range(20)},
    inspectors={"p1": 3, "p2": None, "p3": None, "p4": 5},
    recusals=frozenset({("p1", "企业03")}),
)
SECRET = Secret(seed="2023-03-06", salt="0123456789abcdef")
BEACON, VALUE = "彩票第2023030期号码", "03 08 17"


def committed(beacon: str = BEACON) -> Commitment:
    return commit("第一批", Plan(take=read_take(["A=3", "B=20%"])), REGISTERS, SECRET, beacon)


def drawn(**options: Any) -> Protocol:
    return record_draw(committed(), REGISTERS, SECRET, **{"beacon_value": VALUE, **options})


def written(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False).encode()


def test_a_commitment_is_the_digest_of_the_text_on_the_page() -> None:
    def digest(*lines: str) -> str:
        return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()

    objects = digest(*sorted(f"{o}\t{name}" for o, name in REGISTERS.objects.items()))
    inspectors = digest("p1\t3", "p2\t", "p3\t", "p4\t5")
    recusals = digest("p1\t企业03")
    secret = hashlib.sha256(f"{SECRET.salt}\n{SECRET.seed}".encode()).hexdigest()
    assert committed().digest == digest(
        "jianban-lots/1",
        "purpose 第一批",
        f"objects {objects}",
        f"inspectors {inspectors}",
        f"recusals {recusals}",
        "take A\t3",
        "take B\t20%",
        "team 2",
        f"beacon {BEACON}",
        f"secret {secret}",
    )


def test_a_true_record_is_read_back_and_verified() -> None:
    record = drawn()
    again = read_protocol(written(to_plain(record)))
    assert again == record
    assert again.digest == record.digest
    assert verify(again, REGISTERS, committed().digest) == []
    assert read_commitment(written(commitment_plain(committed()))) == committed()


def test_the_seed_and_the_public_value_both_decide() -> None:
    other = record_draw(committed(), REGISTERS, SECRET, beacon_value="04 08 17")
    assert other.drawn != drawn().drawn
    secret = replace(SECRET, seed="another")
    changed = commit("第一批", committed().plan, REGISTERS, secret, BEACON)
    assert record_draw(changed, REGISTERS, secret, beacon_value=VALUE).drawn != drawn().drawn


def altered(**changes: Any) -> Registers:
    return replace(REGISTERS, **changes)


@pytest.mark.parametrize(
    ("registers", "place"),
    [
        (altered(objects={**REGISTERS.objects, "企业20": "A"}), "registers.objects"),
        (altered(objects={**REGISTERS.objects, "企业01": "A"}), "registers.objects"),
        (altered(inspectors={**REGISTERS.inspectors, "p1": None}), "registers.inspectors"),
        (altered(recusals=frozenset()), "registers.recusals"),
    ],
)
def test_another_register_is_told_and_not_drawn_from(registers: Registers, place: str) -> None:
    assert place in [t.place for t in verify(drawn(), registers)]
    with pytest.raises(ProtocolError, match=f"{place}: not what was committed"):
        record_draw(committed(), registers, SECRET, beacon_value=VALUE)


def test_another_seed_is_not_drawn_with() -> None:
    with pytest.raises(ProtocolError, match="secret: not what was committed"):
        record_draw(committed(), REGISTERS, replace(SECRET, seed="better"), beacon_value=VALUE)


def test_the_public_value_is_needed_when_agreed_on_and_only_then() -> None:
    with pytest.raises(ProtocolError, match="Give its value"):
        record_draw(committed(), REGISTERS, SECRET)
    with pytest.raises(ProtocolError, match="no public value was agreed on"):
        record_draw(committed(""), REGISTERS, SECRET, beacon_value=VALUE)


def set_at(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(plain: dict[str, Any]) -> None:
        at: Any = plain
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = value

    return change


def swapped(plain: dict[str, Any]) -> None:
    entries = plain["result"]["objects"]
    entries[0], entries[1] = entries[1], entries[0]


def shortened(plain: dict[str, Any]) -> None:
    del plain["result"]["teams"][-1]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        (set_at("seed", value="2023-03-07"), {"secret"}),
        (set_at("salt", value="0123456789abcdeF"), {"secret"}),
        (set_at("commitment", value="0" * 64), {"commitment"}),
        (set_at("purpose", value="第二批"), {"commitment"}),
        (set_at("team", value=3), {"commitment"}),
        (set_at("take", "A", value="4"), {"commitment"}),
        (set_at("beacon", value=""), {"commitment", "beacon_value"}),
        (set_at("registers", "objects", value="0" * 64), {"registers.objects", "commitment"}),
        (set_at("secret", value="0" * 64), {"secret", "commitment"}),
        (set_at("beacon_value", value="03 08 18"), {"result.objects[0]"}),
        (set_at("result", "objects", 1, "id", value="企业99"), {"result.objects[1]"}),
        (set_at("result", "teams", 2, "inspectors", value=["p1", "p9"]), {"result.teams[2]"}),
        (swapped, {"result.objects[0]", "result.objects[1]"}),
        (shortened, {"result.teams[4]"}),
        (
            set_at("late_recusals", value=[{"inspector": "p9", "object": "企业01", "reason": "x"}]),
            {"late_recusals[0]"},
        ),
    ],
)
def test_every_change_is_told_with_its_place(
    change: Callable[[dict[str, Any]], None], places: set[str]
) -> None:
    plain = to_plain(drawn())
    change(plain)
    told = {t.place for t in verify(read_protocol(written(plain)), REGISTERS, committed().digest)}
    assert places <= told


def test_a_record_made_anew_from_another_seed_does_not_match_what_was_published() -> None:
    secret = replace(SECRET, seed="better")
    forged = record_draw(
        commit("第一批", committed().plan, REGISTERS, secret, BEACON), REGISTERS, secret, beacon_value=VALUE
    )
    assert verify(forged, REGISTERS) == []
    assert [t.place for t in verify(forged, REGISTERS, committed().digest)] == ["commitment"]


def doubled(plain: dict[str, Any]) -> None:
    plain["result"]["objects"].append(plain["result"]["objects"][0])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (set_at("note", value="x"), "note"),
        (set_at("result", "objects", 0, "extra", value=1), "result.objects[0].extra"),
        (doubled, "result.objects[5]"),
        (set_at("team", value=2.0), "team"),
        (set_at("team", value=True), "team"),
        (set_at("secret", value="xyz"), "secret"),
        (set_at("result", "teams", 0, "inspectors", value=[1]), "result.teams[0].inspectors"),
        (set_at("result", value=[]), "result"),
        (set_at("scheme", value="jianban-lots/2"), "scheme"),
        (set_at("purpose", value=None), "purpose"),
    ],
)
def test_what_is_no_record_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], place: str
) -> None:
    plain = to_plain(drawn())
    change(plain)
    with pytest.raises(ProtocolError, match=f"“{place}”".replace("[", r"\[").replace("]", r"\]")):
        read_protocol(written(plain))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"NaN",
        b'{"scheme": "jianban-lots/1", "scheme": "jianban-lots/1"}',
        b"[" * 9999,
    ],
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    for read in (read_protocol, read_commitment):
        with pytest.raises(ProtocolError):
            read(content)


def test_several_lines_cannot_forge_the_text_that_is_committed() -> None:
    for name in ("purpose", "beacon", "seed"):
        plain = to_plain(drawn()) | {name: "a\nteam 9"}
        with pytest.raises(SecretError):
            read_protocol(written(plain))
    plain = to_plain(drawn())
    plain["take"]["C\nteam 9"] = "1"
    with pytest.raises(JianbanError):
        read_protocol(written(plain))


def test_seeds_and_salts_that_protect_nothing_are_refused() -> None:
    with pytest.raises(SecretError, match="16 characters"):
        Secret(seed="s", salt="short")
    with pytest.raises(SecretError, match="empty"):
        Secret(seed="", salt="0123456789abcdef")


def test_late_recusals_change_the_teams_they_touch_and_stay_in_the_record() -> None:
    first = drawn()
    object_, team = next(iter(first.drawn.teams.items()))
    late = Late(inspector=team[0], object=object_, reason="近亲属任职")
    second = drawn(late=(late,))
    assert second.drawn.objects == first.drawn.objects
    assert team[0] not in second.drawn.teams[object_]
    again = read_protocol(written(to_plain(second)))
    assert again.late == (late,)
    assert verify(again, REGISTERS, committed().digest) == []
    assert second.digest != first.digest
