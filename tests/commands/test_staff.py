import json
from pathlib import Path

from tests.commands.conftest import Shell
from tests.commands.test_check import GOOD


def test_people_who_can_work_a_process_and_who_cannot(jianban: Shell, tmp_path: Path) -> None:
    process, people = tmp_path / "good.yaml", tmp_path / "people.csv"
    process.write_text(GOOD, encoding="utf-8")
    people.write_text("\ufeff张三, registrar\n李四,registrar\n\n", encoding="utf-8")
    enough = jianban("staff", str(process), str(people))
    assert (enough.code, "the 2 on the list" in enough.out) == (0, True)
    people.write_bytes("张三,registrar\n李四,registrar\n".encode("gb18030"))
    assert jianban("staff", str(process), str(people)).out == enough.out
    people.write_text("张三,clerk\n", encoding="utf-8")
    lacking = jianban("staff", str(process), str(people), "--json")
    (finding,) = json.loads(lacking.out)["findings"]
    assert (lacking.code, finding["kind"], finding["roles"]) == (1, "nobody", ["registrar"])

    people.write_text("张三,regisrar\n李四,registrar\n王五,clerk\n", encoding="utf-8")
    misspelt = jianban("staff", str(process), str(people), "--lang", "zh")
    assert (misspelt.code, "regisrar”本流程没有。是否应为“registrar”？" in misspelt.out) == (0, True)
    assert "王五的" not in misspelt.out


def test_a_list_that_cannot_be_read_is_a_complaint(jianban: Shell, tmp_path: Path) -> None:
    process, people = tmp_path / "good.yaml", tmp_path / "people.csv"
    process.write_text(GOOD, encoding="utf-8")
    people.write_bytes(b"\xff\xfe\x00")
    for file in (people, tmp_path / "none.csv"):
        answer = jianban("staff", str(process), str(file))
        assert (answer.code, str(file) in answer.err) == (2, True)
