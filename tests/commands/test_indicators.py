"""`jianban indicators`: what is counted, told in each format, and held to a policy."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell

POLICY = """
title: {zh: 要求, en: Policy}
items: {visits: {at_most: 1, assumed: {zh: 假设, en: Assumed}}}
"""


def test_subjects_ids_versions_and_files_can_be_named(jianban: Shell) -> None:
    result = jianban(
        "indicators", "licensing", "access/establishment", "deregistration/simple@2017-03", "--json"
    )
    items = {i["process"] for i in json.loads(result.out)["items"]}
    assert {
        "licensing/approval@2022-01",
        "access/establishment@2022-03",
        "deregistration/simple@2017-03",
    } <= items
    assert len(items) == 6


def test_every_format_tells_the_same_items(jianban: Shell) -> None:
    plain = json.loads(jianban("indicators", "licensing", "--json").out)
    rows = list(
        csv.DictReader(
            io.StringIO(jianban("indicators", "licensing", "-f", "csv").out.removeprefix("\ufeff"))
        )
    )
    assert [r["process"] for r in rows if r["level"] == "item"] == [i["process"] for i in plain["items"]]
    total = rows[-1]
    assert (total["level"], float(total["promised"])) == (
        "total",
        plain["total"]["overall"]["promised"]["value"],
    )
    for form in ("table", "md", "html"):
        out = jianban("indicators", "licensing", "-f", form).out
        assert [i["title"]["en"] in out.replace("\n", " ") for i in plain["items"][:1]] == [True]


def test_a_page_holds_the_figure_and_its_fonts(jianban: Shell) -> None:
    page = jianban("indicators", "licensing", "-f", "html").out
    assert "<svg" in page
    assert "@font-face" in page


def test_check_tells_by_its_code_whether_a_threshold_is_broken(jianban: Shell, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    broken = jianban("indicators", "services", "--policy", str(policy), "--check")
    assert broken.code == 1
    assert "Apply for the licence (1 visit)" in broken.out.replace("\n", "")
    met = jianban("indicators", "services/one-window", "--policy", str(policy), "--check")
    assert (met.code, "All thresholds are met." in met.out) == (0, True)
    assert jianban("indicators", "services", "--policy", "none", "--check").code == 0
    assert jianban("indicators", "services", "--policy", str(policy)).code == 0


def test_the_figure_goes_by_the_name_of_the_file(jianban: Shell, tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    assert jianban("indicators", "licensing", "-o", str(path), "--bilingual").code == 0
    assert "全程网办率" in path.read_text(encoding="utf-8")
    assert jianban("indicators", "-o", str(path), "--paper", "A4").code == 0
    assert (tmp_path / "chart-2.svg").is_file()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("indicators nowhere", "no process “nowhere”"),
        ("indicators --on soon", "--on must be a date"),
        ("indicators --year 1900", "--year must lie between"),
        ("indicators --alternatives some", "--alternatives must be one of all, best"),
        ("indicators --policy nowhere.yaml", "nowhere.yaml"),
        ("indicators -o all.xlsx", "“all.xlsx” tells no format"),
        ("indicators --format exe", "--format must be one of table, json"),
        ("indicators licensing -f svg --paper B5", "--paper must be one of A4"),
    ],
)
def test_a_wrong_line_is_explained(jianban: Shell, line: str, said: str) -> None:
    result = jianban(*line.split())
    assert (result.code, said in result.err) == (2, True)


def test_an_empty_catalogue_has_nothing_to_count(jianban: Shell, tmp_path: Path) -> None:
    result = jianban("indicators", "--catalogue", str(tmp_path))
    assert (result.code, "no process to count" in result.err) == (2, True)
