"""`jianban engine`: stored cases from the command line."""

import json
import sqlite3
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from jianban.engine.clock import system_clock
from jianban.engine.commands.engine_group import COMMANDS
from tests.commands.conftest import Shell
from tests.commands.engine_cases import BOSS, MONDAY, NEWER, SIMPLE, WAITING, fill, read
from tests.commands.engine_cases import cases as cases
from tests.commands.engine_cases import waiting as waiting
from tests.engine.store.conftest import server as server
from tests.engine.store.conftest import url as url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_help(jianban: Shell, lang: str) -> None:
    group = jianban("engine", "--lang", lang)
    assert (group.code, group.err) == (0, "")
    names = [c.__name__.rpartition("engine_")[2] for c in COMMANDS]
    for name in names:
        assert f"\n  {name} " in group.out
        assert jianban("engine", name, "--help", "--lang", lang).code == 0


def test_both_databases_do_the_same(jianban: Shell, url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANBAN_DB", url.render_as_string(hide_password=False))
    fill(jianban)
    assert [c["case"] for c in read(jianban, "cases", "--now", MONDAY)["cases"]] == ["case-1"]
    (due,) = read(jianban, "due", "--until", "2024-03-25", "--now", MONDAY)["cases"]
    assert {d["last"] for d in due["dates"]} == {"2024-03-25"}
    assert read(jianban, "verify")["intact"] is True
    assert jianban("engine", "worker", "--once").code == 0


def test_a_case_is_told(jianban: Shell, cases: Path) -> None:
    told = jianban("engine", "case", "case-1", "--now", MONDAY, "--lang", "zh")
    assert told.code == 0
    assert "甲公司" in told.out
    assert "2024-03-04 09:00" in told.out
    plain = read(jianban, "case", "case-1", "--now", MONDAY)
    assert [e["seq"] for e in plain["entries"]] == [1, 2, 3]
    assert plain["places"]


def test_a_refused_event_says_why_and_writes_nothing(jianban: Shell, cases: Path) -> None:
    before = cases.read_bytes()
    result = jianban("engine", "fire", "case-1", "approve", "--as", "wang:registrar", "--now", MONDAY)
    assert (result.code, result.err) == (1, "")
    assert "refused" in result.out
    words = ("fire", "case-1", "approve", "--as", "wang:registrar", "--now", MONDAY, "--json")
    plain = jianban("engine", *words)
    assert plain.code == 1
    assert json.loads(plain.out)["refusal"]["rule"] == "approve"
    assert cases.read_bytes() == before


def test_a_repeated_key_does_nothing_twice(jianban: Shell, cases: Path) -> None:
    words = ("start", SIMPLE, "--as", "zhang:investors", "--key", "k", "--now", MONDAY)
    first, again = read(jianban, *words), read(jianban, *words)
    assert first["case"] == again["case"]
    assert read(jianban, "cases", "--count", "all")["counts"] == [{"by": {}, "titles": {}, "cases": 2}]


def test_a_case_that_cannot_be_opened_is_refused(jianban: Shell, cases: Path) -> None:
    words = ("start", "deregistration/simple", "--as", "zhang:investors", "--data", "debts=many")
    result = jianban("engine", *words)
    assert result.code == 1
    assert "refused" in result.out
    assert jianban("engine", *words, "--json").code == 1


def test_the_work_list_goes_on_page_by_page(jianban: Shell, cases: Path) -> None:
    for number in range(4):
        day = f"2024-03-0{number + 4}"
        jianban("engine", "start", SIMPLE, "--as", "zhang:investors", "--id", f"more-{number}", "--now", day)
    seen: list[str] = []
    words: list[str] = []
    while True:
        page = read(jianban, "tasks", "--role", "investors", "--limit", "2", *words)
        seen += [t["case"] for t in page["tasks"]]
        if page["after"] is None:
            break
        words = ["--after", page["after"]]
    assert seen == [f"more-{n}" for n in range(4)]
    told = jianban("engine", "tasks", "--as", "zhang", "--limit", "2")
    assert "--after" in told.out


@pytest.mark.parametrize("format", ["jsonl", "csv", "xes", "ocel"])
def test_the_record_is_exported_whole(jianban: Shell, cases: Path, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"record.{format}"
    assert jianban("engine", "export", "--format", format, "-o", str(file)).code == 0
    assert "case-1" in file.read_text(encoding="utf-8")
    assert file.read_bytes().decode() == jianban("engine", "export", "--format", format).out


def test_an_export_that_fails_leaves_the_file_as_it_was(jianban: Shell, cases: Path, tmp_path: Path) -> None:
    file = tmp_path / "record.jsonl"
    file.write_text("old", encoding="utf-8")
    assert jianban("engine", "export", "case-1", "nope", "-o", str(file)).code == 2
    assert file.read_text(encoding="utf-8") == "old"
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".jianban")) == []


def test_a_migration_is_a_preview_until_it_is_applied(jianban: Shell, cases: Path) -> None:
    before = cases.read_bytes()
    plain = read(jianban, "migrate", "--from", SIMPLE, "--to", NEWER, "--now", MONDAY)
    assert (plain["applied"], plain["cases"][0]["case"], plain["cases"][0]["fit"]) == (
        False,
        "case-1",
        "maps",
    )
    told = jianban("engine", "migrate", "case-1", "--to", NEWER, "--now", MONDAY)
    assert (told.code, "--apply" in told.out) == (0, True)
    assert cases.read_bytes() == before


def test_a_migration_is_applied_and_undone(jianban: Shell, cases: Path) -> None:
    done = read(jianban, "migrate", "case-1", "--to", NEWER, "--apply", *BOSS)
    assert [c["entry"] for c in done["cases"]] == [4]
    assert read(jianban, "case", "case-1")["process"] == NEWER
    assert read(jianban, "migrate", "case-1", "--undo", "--now", MONDAY)["cases"][0]["fit"] == "maps"
    back = jianban("engine", "migrate", "case-1", "--undo", "--apply", *BOSS)
    assert (back.code, "entry 5" in back.out) == (0, True)
    assert read(jianban, "case", "case-1")["process"] == SIMPLE
    assert jianban("engine", "migrate", "case-1", "--undo", "--apply", *BOSS).code == 1


@pytest.mark.usefixtures("waiting")
def test_what_does_not_fit_is_decided_by_a_mapping(jianban: Shell, tmp_path: Path) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(WAITING.replace("step: wait", "step: pause").replace('"1"', '"2"'), encoding="utf-8")
    words = ("migrate", "--from", "t/waiting", "--to", str(newer), "--now", MONDAY)
    result = jianban("engine", *words, "--json")
    (case,) = json.loads(result.out)["cases"]
    assert (result.code, case["fit"], [p["what"] for p in case["problems"]]) == (1, "decide", ["wait"])
    assert "pause" not in read(jianban, "case", "w")["places"]
    applied = (*words, "--apply", "--as", "wang:registrar", "--reason", "新规定")
    refused = jianban("engine", *applied, "--json")
    (stays,) = json.loads(refused.out)["cases"]
    assert (refused.code, stays["entry"], stays["refusal"]["text"]) == (1, None, case["problems"][0]["text"])
    file = tmp_path / "mapping.txt"
    file.write_text("# 原步骤=新步骤\n\nwait = pause  # 改名\n", encoding="utf-8")
    given = read(jianban, *words, "--mapping", str(file))
    assert given["cases"][0]["moved"] == [{"from": "wait", "to": "pause"}]
    assert read(jianban, *words, "--map", "wait=pause") == given
    assert jianban("engine", *applied, "--map", "wait=pause").code == 0
    assert read(jianban, "case", "w")["places"] == ["pause"]
    assert jianban("engine", *words, "--map", "wait=pause").code == 1


def test_a_message_reaches_whom_it_is_for(jianban: Shell, cases: Path) -> None:
    done = read(jianban, "publish", "nobody.waits", "--data", "a=x", "--data", "n:=3", "--id", "m-1")
    assert done == {"message": "m-1", "delivered": [], "held": [], "refused": []}
    told = jianban("engine", "publish", "nobody.waits", "--id", "m-1", "--keep", "3")
    assert (told.code, "m-1" in told.out) == (0, True)


@pytest.mark.usefixtures("waiting")
def test_a_waiting_case_takes_a_message(jianban: Shell) -> None:
    done = read(jianban, "publish", "tax.done", "--data", "count:=3", "--now", MONDAY)
    assert done["delivered"] == ["w"]
    assert read(jianban, "case", "w")["data"]["count"] == 3


@pytest.mark.usefixtures("waiting")
def test_a_case_is_handed_over(jianban: Shell) -> None:
    read(jianban, "publish", "tax.done", "--now", MONDAY)
    read(jianban, "fire", "w", "last.pass", "--as", "wang:registrar", "--now", MONDAY)
    words = ("handover", "w", "--to", "zhao:registrar", *BOSS, "--key", "k")
    done = read(jianban, *words)
    assert (done["entry"]["kind"], done["repeated"]) == ("handover", False)
    assert {o["responsible"] for o in read(jianban, "options", "w")["offers"]} == {"zhao"}
    assert read(jianban, *words)["repeated"] is True


def test_a_case_that_is_nobodys_is_not_handed_over(jianban: Shell, cases: Path) -> None:
    before = cases.read_bytes()
    result = jianban("engine", "handover", "case-1", "--to", "zhao:registrar", *BOSS, "--json")
    assert (result.code, json.loads(result.out)["entry"]) == (1, None)
    assert "refused" in jianban("engine", "handover", "case-1", "--to", "zhao:registrar", *BOSS).out
    assert cases.read_bytes() == before


@pytest.mark.usefixtures("waiting")
def test_personal_data_is_erased_once(jianban: Shell) -> None:
    words = ("erase", "--owner", "zhang", *BOSS)
    assert read(jianban, "case", "w")["data"] == {"name": "甲"}
    assert read(jianban, *words) == {"erased": [{"case": "w", "entry": 2}]}
    assert read(jianban, "case", "w")["data"] == {}
    assert read(jianban, *words) == {"erased": []}
    assert read(jianban, "verify")["intact"] is True


def test_an_anchor_tells_what_was_written_anew(jianban: Shell, cases: Path, tmp_path: Path) -> None:
    file = tmp_path / "heads.txt"
    digest = jianban("engine", "anchor", "-o", str(file)).out.strip()
    assert digest == sha256(file.read_bytes()).hexdigest()
    words = ("verify", "--anchor", str(file))
    assert read(jianban, *words, "--digest", digest)["intact"] is True
    assert jianban("engine", "fire", "case-1", "pass", "--as", "sun:tax_officer", "--now", MONDAY).code == 0
    assert jianban("engine", *words).code == 0
    connection = sqlite3.connect(cases)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM entries WHERE seq > 2")
    connection.commit()
    connection.close()
    broken = json.loads(jianban("engine", *words, "--json").out)["broken"]
    assert {
        "zh": "锚定时已有的第 3 条记录不见了",
        "en": "entry 3, which was there at the anchor, is gone",
    } in [b["text"] for b in broken]
    file.write_text(file.read_text(encoding="utf-8").replace("3 ", "2 ", 1), encoding="utf-8")
    other = json.loads(jianban("engine", *words, "--digest", digest, "--json").out)["broken"]
    assert other[-1]["case"] is None


def test_a_changed_record_is_found(jianban: Shell, cases: Path) -> None:
    assert jianban("engine", "verify").code == 0
    connection = sqlite3.connect(cases)
    connection.execute("UPDATE cases SET subject = '乙公司'")
    connection.commit()
    connection.close()
    result = jianban("engine", "verify")
    assert result.code == 1
    assert "case-1" in result.out
    assert json.loads(jianban("engine", "verify", "case-1", "--json").out)["intact"] is False


def test_days_are_counted_anew_after_a_notice(jianban: Shell, cases: Path, tmp_path: Path) -> None:
    (before,) = read(jianban, "due", "--now", MONDAY)["cases"]
    last = date.fromisoformat(before["dates"][0]["last"])
    notice = tmp_path / "days.yaml"
    notice.write_text(f"{last.year}:\n  off: [{last}]\n", encoding="utf-8")
    done = read(jianban, "recalendar", "--calendar", str(notice), "--now", MONDAY)
    assert (done["cases"], done["moved"]) == (1, 1)
    assert [b["day"] for b in done["because"]] == [last.isoformat()]
    again = read(jianban, "recalendar", "--calendar", str(notice), "--now", MONDAY)
    assert (again["cases"], again["moved"]) == (0, 0)


def test_an_effect_that_did_not_fail_is_not_repeated(jianban: Shell, cases: Path) -> None:
    (first, *_rest) = read(jianban, "effects", "--case", "case-1")["effects"]
    assert first["status"] == "pending"
    assert jianban("engine", "effects", "--retry", first["key"]).code == 1


def test_a_rehearsal_may_be_ahead_of_time(jianban: Shell, cases: Path) -> None:
    tomorrow = (system_clock() + timedelta(days=1)).date().isoformat()
    words = ("start", SIMPLE, "--as", "zhang:investors", "--now", tomorrow)
    assert "--ahead" in jianban("engine", *words).err
    assert read(jianban, *words, "--ahead")["opened_at"].startswith(tomorrow)
    assert jianban("engine", "cases", "--now", "2999-01-01").code == 0


def test_options_say_what_is_for_others_and_who_they_are(jianban: Shell, cases: Path) -> None:
    told = jianban("engine", "options", "case-1", "--as", "li:agent", "--now", MONDAY, "--lang", "zh").out
    assert "税务人员（tax_officer）" in told
    offers = read(jianban, "options", "case-1", "--as", "li:agent", "--now", MONDAY)["offers"]
    others = [o for o in offers if o["by"] and "agent" not in o["by"]]
    assert others
    assert {o["refusal"]["code"] for o in others} == {"role"}


def test_a_refusal_says_what_to_write(jianban: Shell, cases: Path) -> None:
    told = jianban(
        "engine", "fire", "case-1", "pass", "--as", "li:agent", "--now", MONDAY, "--lang", "zh"
    ).out
    assert "（--as 人:" in told
    told = jianban("engine", "start", "investment/verification", "--as", "zhang", "--lang", "zh").out
    assert (told.count("in_catalogue"), "列入政府核准的投资项目目录" in told) == (1, True)


def test_a_step_that_is_not_there_is_told_as_such(jianban: Shell, cases: Path) -> None:
    for words in (("tax_chek.pass",), ("pass", "--at", "tax_chek")):
        told = jianban("engine", "fire", "case-1", *words, "--as", "sun:tax_officer", "--now", MONDAY).out
        assert "no step “tax_chek”. Did you mean “tax_check”?" in told


def test_cases_stand_and_count_by_titles(jianban: Shell, cases: Path) -> None:
    told = jianban("engine", "cases", "--now", MONDAY, "--lang", "zh").out
    assert "公示" in told
    assert "publicity" not in told
    told = jianban("engine", "cases", "--count", "agency", "--now", MONDAY, "--lang", "zh").out
    assert "税务机关（tax_office）" in told


def test_a_database_is_named_alike_everywhere(jianban: Shell, tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    assert jianban("engine", "init", "--db", f"sqlite:///{file}").code == 0
    assert jianban("engine", "cases", "--db", f"sqlite:///{file}").code == 0


def test_offices_are_assessed(jianban: Shell, cases: Path, tmp_path: Path) -> None:
    assert (
        jianban("engine", "fire", "case-1", "pass", "--as", "sun:tax_officer", "--now", "2024-03-06").code
        == 0
    )
    words = ("assess", "--from", "2024-03-01", "--to", "2024-03-31", "--now", MONDAY)
    plain = read(jianban, *words)
    (office,) = (a for a in plain["assessed"] if a["id"] == "tax_office")
    assert (office["steps"], office["in_time"], office["mean_use"], office["score"]) == (
        1,
        1,
        0.0952,
        100,
    )  # 2 of 21 days: 24 March is a Sunday
    told = jianban("engine", *words, "--lang", "zh")
    assert "税务机关（tax_office）" in told.out
    file = tmp_path / "assessed.csv"
    assert jianban("engine", *words, "--format", "csv", "-o", str(file)).code == 0
    assert file.read_text(encoding="utf-8-sig").splitlines()[0].startswith("Office,Cases,Steps,In time,Late")
    assert jianban("engine", *words, "--format", "csv").out == file.read_bytes().decode()
    assert jianban("engine", *words, "-o", str(file)).code == 2
    assert jianban("engine", *words, "--policy", str(file)).code == 2
    assert jianban("engine", *words, "--by", "colour").code == 2
    assert jianban("engine", "assess", "--from", "2024-03-01", "--to", "2024-02-01").code == 2
