"""Guides from elsewhere: their tables, lists and lines, in every format."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.guides import GuideError, published
from jianban.workflows.guides.normal import plain
from jianban.workflows.guides.numerals import in_digits, written
from jianban.workflows.texts import Text

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def facts(content: str | bytes, name: str) -> dict[str, str]:
    data = content if isinstance(content, bytes) else content.encode()
    return {f.field.id: f.value for f in published(data, name).facts}


def word(body: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def test_two_pairs_in_a_row_of_markdown() -> None:
    found = facts("| 事项名称 | 企业注销 | 办理方式 | 网上办理 |\n|---|---|---|---|\n", "a.md")
    assert found == {"name": "企业注销", "channels": "网上办理"}


def test_values_below_a_row_of_names() -> None:
    found = published("序号,事项名称,法定时限,咨询电话\n1,企业注销,,12345\n".encode(), "a.csv")
    assert [(f.field.id, f.value, f.place.zh) for f in found.facts] == [
        ("name", "企业注销", "第 2 行"),
        ("statutory", "", "第 2 行"),
        ("enquiries", "12345", "第 2 行"),
    ]
    assert [(u.name, u.value) for u in found.unknown] == [("序号", "1")]


ITEMS = "事项名称,法定时限,咨询电话\n企业开办,5日,1\n企业注销,20日,2\nDeregistration,7日,3\n"


@pytest.mark.parametrize(("title", "row"), [("企业 开办", 2), ("企业注销", 3), ("注销登记", 4)])
def test_of_several_items_below_one_row_of_names_that_of_the_name_is_read(title: str, row: int) -> None:
    english = "Deregistration" if row == 4 else "Another"
    found = published(ITEMS.encode(), "a.csv", Text(title, english))
    assert {f.place.zh for f in found.facts} == {f"第 {row} 行"}
    assert (len(found.facts), found.unknown) == (3, ())


@pytest.mark.parametrize(
    ("text", "rows", "own"),
    [
        (ITEMS.replace("企业注销", "企业变更"), 3, 0),
        (ITEMS.replace("企业开办", "企业注销"), 3, 2),
        ("法定时限,咨询电话\n5日,1\n20日,2\n", 2, 0),
    ],
)
def test_several_items_of_which_none_can_be_chosen_are_told(text: str, rows: int, own: int) -> None:
    with pytest.raises(GuideError) as caught:
        published(text.encode(), "a.csv", Text("企业注销", "Closing"))
    assert f"“a.csv”第 1 行的表头下有 {rows} 行" in caught.value.text.zh
    assert f"为“企业注销”的有 {own} 行" in caught.value.text.zh


def test_the_one_item_of_a_file_is_read_whatever_it_is_called() -> None:
    text = "事项名称,法定时限,咨询电话\n企业开办,5日,1\n以上为 2024 年,,\n"
    found = published(text.encode(), "a.csv", Text("企业注销", "Closing"))
    assert [f.value for f in found.facts] == ["企业开办", "5日", "1"]


def test_lines_and_headings_of_markdown() -> None:
    text = "# 办事指南\n\n法定时限：20个工作日\n\n## 二、申请材料\n\n1. 申请书\n2. 承诺书\n\n## 其他\n\n无\n"
    found = published(text.encode(), "a.md")
    assert [(f.field.id, f.value) for f in found.facts] == [("statutory", "20个工作日")]
    (table,) = found.tables
    assert [plain(v["material"]) for v, _ in table.rows] == ["申请书", "承诺书"]


def test_cells_of_html_that_span_rows_and_columns() -> None:
    text = """<table><tr><td rowspan="2">基本信息</td><th>事项名称</th><td colspan="3">企业注销</td></tr>
    <tr><th>法定时限</th><td>5个<br>工作日</td><th>跑动次数</th><td><p>1次</p></td></tr></table>
    <script>var x = "<table><tr><td>事项名称</td><td>假的</td></tr></table>"</script>"""
    assert facts(text, "a.htm") == {"name": "企业注销", "statutory": "5个\n工作日", "visits": "1次"}


def test_a_table_within_a_cell_belongs_to_the_cell() -> None:
    text = (
        "<table><tr><td>送达方式</td><td><table><tr><td>窗口</td><td>邮寄</td></tr></table></td></tr>"
        "<tr><td>事项名称</td><td>甲</td></tr></table>"
    )
    assert facts(text, "a.html") == {"delivery": "窗口 邮寄", "name": "甲"}


def test_merged_cells_of_word() -> None:
    starts, goes_on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    rows = (
        cell("基本", starts) + cell("事项名称") + cell("企业注销"),
        cell("", goes_on) + cell("法定时限") + cell("二十日"),
        cell("事项简介", wide) + cell("无"),
    )
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    body = f"{paragraph('办事指南')}<w:tbl>{table}</w:tbl>"
    found = published(word(body), "a.docx")
    assert [(f.field.id, f.value, f.place.zh) for f in found.facts] == [
        ("name", "企业注销", "表 1 第 1 行"),
        ("statutory", "二十日", "表 1 第 2 行"),
        ("summary", "无", "表 1 第 3 行"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_spreadsheet_saved_as_csv(encoding: str, delimiter: str) -> None:
    rows = [["材料名称", "份数", "材料形式"], ["申请书", "1", "原件"], ["承诺书", "2", "复印件"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (table,) = published(text.encode(encoding), "a.csv").tables
    assert [c.id for c in table.columns] == ["material", "copies", "form"]
    assert [(v["material"], v["copies"], p.zh) for v, p in table.rows] == [
        ("申请书", "1", "第 2 行"),
        ("承诺书", "2", "第 3 行"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"x", "a.pdf", "不是可以核对的格式"),
        (b"PK\x03\x04 broken", "a.docx", "不是 Word 文件"),
        (b"hello", "a.md", "没有认得的字段"),
        (b"\xff\xfe\x00\x81\x30", "a.csv", "既不是 UTF-8"),
        (word("<unclosed>"), "a.docx", "已损坏"),
        (word("").replace(b"PK\x01\x02", b"PK\x01\x09"), "a.docx", "不是 Word 文件"),
    ],
)
def test_what_is_no_guide_is_told(content: bytes, name: str, message: str) -> None:
    with pytest.raises(GuideError) as caught:
        published(content, name)
    assert message in caught.value.text.zh


def test_a_word_file_that_declares_entities_is_refused() -> None:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')
    with pytest.raises(GuideError):
        published(out.getvalue(), "a.docx")


@given(st.binary(max_size=300), st.sampled_from(["a.md", "a.html", "a.csv", "a.docx"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    with suppress(GuideError):
        published(content, name)


@given(
    st.text(alphabet="|<>/tdrbh事项名称\n\\ *#-：:1", max_size=80),
    st.sampled_from(["a.md", "a.html", "a.csv"]),
)
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    with suppress(GuideError):
        published(text.encode(), name)


@given(st.integers(1, 99))
def test_numerals_are_read_as_they_are_written(number: int) -> None:
    assert in_digits(written(number)) == str(number)


@pytest.mark.parametrize(
    ("chinese", "digits"),
    [
        ("第三十三条", "第33条"),
        ("二〇一九", "2019"),
        ("一百零五", "105"),
        ("两万三千", "23000"),
        ("十", "10"),
    ],
)
def test_chinese_numerals(chinese: str, digits: str) -> None:
    assert in_digits(chinese) == digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("２０个工作日", "二十个工作日。"),
        ("1,200 元", "1200元整"),
        ("（一）申请书", "1. 申请书"),
        ("20 working days", "20 Business Days"),
        ("1 day", "1 days"),
        ("—", "无"),
    ],
)
def test_ways_to_write_the_same(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("20日", "20个工作日"), ("2 months", "2 days"), ("1.1 申请", "2.1 申请"), ("3份", "8份")],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert plain(one) != plain(other)
