"""What a guide says is what the definition says."""

import shutil
from pathlib import Path

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.guides import guide
from jianban.workflows.guides.fields import FACTS, LOCAL, SHEETS
from jianban.workflows.guides.model import Picture
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.texts import Text
from tests.guides.samples import guide_of

SIMPLE, LICENCE = "deregistration/simple@2022-03", "licensing/approval@2022-01"


def fact(key: str, name: str) -> list[str]:
    return [line.zh for line in guide_of(key).facts[name].lines]


def column(key: str, table: str, name: str) -> list[str]:
    records = guide_of(key).records[table]
    at = records.sheet.at(name)
    return ["/".join(line.zh for line in row[at]) for row in records.rows]


def test_the_facts_of_simplified_deregistration() -> None:
    assert fact(SIMPLE, "name") == ["企业简易注销登记"]
    assert fact(SIMPLE, "legal_basis") == ["《市场主体登记管理条例》第33条"]
    assert fact(SIMPLE, "authority") == ["市场主体登记机关", "税务机关", "社会保险经办机构"]
    assert fact(SIMPLE, "channels") == ["网上办理"]
    assert fact(SIMPLE, "visits") == ["0 次"]
    assert fact(SIMPLE, "statutory") == ["20 日 + 3 个工作日"]
    assert fact(SIMPLE, "in_force") == ["2022-03-01至2024-06-30"]


def test_materials_say_how_they_are_got() -> None:
    assert column(SIMPLE, "materials", "material") == [
        "全体投资人承诺书",
        "注销登记申请书",
        "全体投资人承诺书",
        "营业执照正、副本",
    ]
    assert column(SIMPLE, "materials", "need") == ["必要", "必要", "必要", "视情况"]
    assert column(SIMPLE, "materials", "origin")[2:] == ["数据共享获取，免于提交", "市场主体登记机关"]


def test_steps_have_their_times_and_what_starts_them() -> None:
    times = dict(zip(column(SIMPLE, "steps", "step"), column(SIMPLE, "steps", "time"), strict=True))
    assert times["1.3 公示"] == "须满：20 日"
    assert times["2.1 申请注销登记"] == "法定：20 日/自“公示”完成起算"
    assert times["2.4 作出登记决定"] == "法定：3 个工作日/经登记机关负责人批准可延长：3 个工作日"


def test_ends_without_success_have_their_grounds() -> None:
    grounds = dict(
        zip(column(LICENCE, "refusals", "outcome"), column(LICENCE, "refusals", "grounds"), strict=True)
    )
    assert grounds["不予受理"] == "受理：不予受理"
    assert "现场核查：" in grounds["不予许可并说明理由"]


def test_what_is_assumed_is_marked_where_it_stands_and_listed() -> None:
    bases = column(LICENCE, "materials", "basis")
    assert bases[1] == "假设：样本许可要求提交营业执照复印件"
    assert "样本许可要求提交营业执照复印件" in column(LICENCE, "assumptions", "assumption")


def test_what_no_definition_states_is_told_and_nothing_is_made_up() -> None:
    simple = guide_of(SIMPLE)
    unstated = {f.id for f in simple.unstated}
    assert {"promised", "charged", "place", "hours"} <= unstated
    assert unstated.isdisjoint(simple.facts)


@pytest.mark.parametrize("key", Catalogue.default().index)
def test_every_definition_has_a_guide_in_both_languages(key: str) -> None:
    told = guide_of(key)
    assert {"name", "code", "version"} <= set(told.facts)
    assert told.records["steps"].rows
    for name, records in told.records.items():
        assert all(len(row) == len(records.sheet.columns) for row in records.rows), name
    said = [line for f in told.facts.values() for line in f.lines]
    said += [line for r in told.records.values() for row in r.rows for cell in row for line in cell]
    assert [t for t in said if not t.zh or not t.en or "{" in t.zh + t.en] == []


def test_names_tell_the_fields_apart() -> None:
    ids = [f.id for f in FACTS] + [f"{s.id}.{c.id}" for s in SHEETS for c in s.columns]
    assert len(ids) == len(set(ids))
    assert all(isinstance(s.title, Text) and s.key in {c.id for c in s.columns} for s in SHEETS)


def test_the_page_on_guides_names_every_field() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reference" / "guides.md").read_text(encoding="utf-8")
    named = [*FACTS, *LOCAL, *SHEETS, *(c for s in SHEETS for c in s.columns)]
    missing = [f.id for f in named if any(n not in text for n in (f.title.zh, f.title.en, *f.aliases))]
    assert missing == []


def test_what_the_definition_adds_is_told_with_what_it_rests_on() -> None:
    key = "licensing/commitment@2022-01"
    assert fact(key, "item_type") == ["行政许可"]
    said, basis = fact(key, "remedies")
    assert "行政复议" in said
    assert "行政许可法" in basis
    assert "remedies" not in {f.id for f in guide_of(key).unstated}
    assert "remedies" in {f.id for f in guide_of("credit/repair@2023-05").unstated}


def test_what_is_done_at_once_is_told_from_what_takes_time() -> None:
    assert fact("licensing/filing@2022-01", "handling_type") == ["即办件"]
    assert fact(LICENCE, "handling_type") == ["承诺件"]
    # an office begins it: no service item
    assert "handling_type" not in guide_of("inspection/random@2022-03").facts


def test_a_decision_table_is_told_row_by_row() -> None:
    key = "access/check@2022-03"
    assert column(key, "decisions", "then") == ["不得进入", "先取得许可", "登记后取得许可", "依法平等进入"]
    assert column(key, "decisions", "case")[-1] == "经营项目在清单中的类别：清单以外"


def test_what_comes_after_the_decision_is_said_so() -> None:
    key = "licensing/commitment@2022-01"
    remarks = dict(zip(column(key, "steps", "step"), column(key, "steps", "remarks"), strict=True))
    assert [step for step, told in remarks.items() if "决定之后" in told] == [
        "3.1 核查承诺内容",
        "3.2 限期整改",
    ]


def test_other_processes_go_by_their_titles_where_these_are_known() -> None:
    flow = compile_process(Catalogue.default().process(SIMPLE))
    other = "deregistration/general@2022-03"
    named = guide(flow, {other: Text("企业一般注销登记", "General deregistration")}).records["refusals"]
    at = named.sheet.at("afterwards")
    assert {row[at][0].zh for row in named.rows} >= {"企业一般注销登记"}
    assert other in column(SIMPLE, "refusals", "afterwards")


def test_the_applicant_is_the_party_and_a_way_to_apply_is_told_once() -> None:
    key = "deregistration/general@2024-07"
    assert fact(key, "applicants") == ["申请注销的市场主体"]
    assert fact(key, "channels") == ["网上办理", "窗口办理", "邮寄"]


def test_corrections_are_no_way_to_apply(tmp_path: Path) -> None:
    """They may come either way unless they say otherwise."""
    shutil.copytree(Path(__file__).parents[1] / "language" / "data", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "demo" / "permit@1.yaml"
    counter = file.read_text("utf-8").replace("kind: submit", "kind: submit\n        channel: counter", 1)
    file.write_text(counter, "utf-8")
    told = guide(compile_process(Catalogue(tmp_path).process("demo/permit"))).facts["channels"]
    assert [line.zh for line in told.lines] == ["窗口办理"]


def test_special_procedures_are_what_offices_and_services_do() -> None:
    assert fact("construction/crane-registration@2019-04", "special") == ["检验机构监督检验"]
    # corrections and building stop the clock too, but are the applicant's own
    assert "special" not in guide_of("construction/permit@2019-04").facts


def test_a_number_of_times_that_is_assumed_is_not_told_as_a_rule() -> None:
    key = "deregistration/general@2024-07"
    told = "/".join(column(key, "steps", "remarks"))
    assert "尚有未结事项，退回结清：最多 3 次（假设）" in told
    assert "一次性告知补正：最多 1 次/" in told


def test_an_end_that_is_no_refusal_is_not_told_as_one() -> None:
    assert column("inspection/random@2022-03", "refusals", "outcome") == ["立案查处"]
    assert column("construction/permit@2019-04", "refusals", "outcome")[-1] == "施工许可证自行废止（失效）"


@pytest.mark.parametrize(
    ("key", "title"),
    [(SIMPLE, "申请人办理步骤图"), ("inspection/random@2022-03", "办理步骤图")],
)
def test_a_figure_tells_of_an_applicant_where_there_is_one(key: str, title: str) -> None:
    pictures = [p for s in guide_of(key).sections for p in s.parts if isinstance(p, Picture)]
    assert pictures[0].title.zh.partition("：")[2] == title
