"""`reform` and `uses` at the command line."""

import json
from pathlib import Path

import pytest

from jianban.engine.commands.uses import HOWS
from jianban.workflows.analysis.uses import How
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Call
from tests.commands.conftest import Shell

SERIAL = "services/one-by-one"


def test_what_is_found_fails_only_when_asked(jianban: Shell) -> None:
    assert jianban("reform", SERIAL).code == 0
    assert jianban("reform", SERIAL, "--strict").code == 1
    clean = jianban("reform", "access", "--strict")
    assert (clean.code, clean.out) == (0, "Nothing found (processes: 2)\n")


def test_findings_stand_under_their_code_with_the_total_below(jianban: Shell) -> None:
    out = jianban("reform", SERIAL).out
    assert "J503 Asks for what could be shared (4)" in out
    assert "“Order the seals” asks the applicant for “Proof of identity”" in out
    assert out.count("Fetch it instead") == 1
    row = next(line for line in out.splitlines() if line.startswith(f"{SERIAL}@2022-03 "))
    assert "10 → 3" in row
    assert "5 → 3" in row


def test_a_subject_stands_for_the_newest_of_its_processes(jianban: Shell) -> None:
    document = json.loads(jianban("reform", "deregistration", "--json").out)
    keys = [entry["process"] for entry in document["processes"]]
    assert "deregistration/simple@2024-07" in keys
    assert "deregistration/simple@2022-03" not in keys
    total = document["total"]
    assert total["findings"] == sum(len(entry["findings"]) for entry in document["processes"])
    for when in ("before", "after"):
        assert total[when]["papers"] == sum(entry[when]["papers"] for entry in document["processes"])


def test_the_whole_catalogue_is_looked_at_without_words(jianban: Shell) -> None:
    document = json.loads(jianban("reform", "--json").out)
    listed = json.loads(jianban("list", "--json").out)["processes"]
    assert len(document["processes"]) == len({entry["process"] for entry in listed})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markdown_has_the_same_in_both_languages(jianban: Shell, lang: str) -> None:
    out = jianban("reform", SERIAL, "-f", "markdown", "--lang", lang).out
    assert out.startswith("## ")
    assert out.count("\n- ") == len(
        json.loads(jianban("reform", SERIAL, "--json").out)["processes"][0]["findings"]
    )
    assert "| --- | ---: | ---: |" in out


def test_a_path_to_a_refusal_is_told_in_json(jianban: Shell, tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "findings" / "J501.md"
    path = tmp_path / "list.yaml"
    path.write_text(page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    (entry,) = json.loads(jianban("reform", str(path), "--json").out)["processes"]
    (found,) = entry["findings"]
    assert [title["en"] for title in found["path"]] == ["Check for the list", "Reject", "Not listed"]
    assert found["severity"] == "warning"
    assert entry["before"] == entry["after"]


def test_uses_are_grouped_by_how_with_what_must_change(jianban: Shell) -> None:
    out = jianban("uses", "construction/permit").out
    assert "Calls it (1): drop the step, or call another" in out
    assert "construction/project-serial@2019-04" in out
    flows = [compile_process(p) for p in Catalogue.default().processes()]
    calls = [(f, n.block) for f in flows for n in f.nodes.values() if isinstance(n.block, Call)]
    calling = {f.process.key for f, call in calls if call.process.id == "construction/permit"}
    extending = {"construction/permit-merged@2019-04", "construction/permit-separate@2019-04"}
    assert out.endswith(f"in processes: {len(calling | extending)}.\n")
    assert jianban("uses", "items/inventory").out.endswith("No process uses it.\n")


def test_uses_of_something_unknown_are_refused_with_the_nearest(jianban: Shell) -> None:
    result = jianban("uses", "planing_permit")
    assert result.code == 2
    assert "planning_permit" in result.err


def test_every_use_has_a_word_and_a_change() -> None:
    assert set(HOWS) == set(How)
