"""A case in a file: `python plain.py`. Run it again: every command is a retry, and nothing happens twice.

让一件办件存在一个文件里：`python plain.py`。再运行一次，每一步都是重试，什么都不会办两遍。
"""

from __future__ import annotations

import sys

from jianban.engine import Actor, Engine

INVESTORS = Actor("li", {"investors"})
AGENT = Actor("zhao", {"agent"})
TAX = Actor("wang", {"tax_officer"})


def main(url: str = "sqlite:///cases.db") -> None:
    with Engine.open(url) as engine:
        case = engine.start(
            "deregistration/simple",
            data={"debts": "settled"},
            actor=INVESTORS,
            key="req-1",
            subject="某某公司",
        )
        for key, event, actor in (
            ("req-2", "commit.commit", INVESTORS),
            ("req-3", "publish.submit", AGENT),
            ("req-4", "tax_check.objection", AGENT),  # refused: that is for the tax officer
            ("req-5", "tax_check.objection", TAX),
        ):
            answer = engine.fire(case.id, event, actor=actor, key=key)
            if not answer:
                print(f"{event}: {answer.text.zh}。{answer.remedy.zh}")
            else:
                print(f"{event}: {'已办过' if answer.repeated else '已办理'}，第 {answer.seq} 条记录")
        for offer in engine.options(case.id):
            print(f"可办理：{offer.title.zh}（{'、'.join(role.title.zh for role in offer.roles)}）")
        for entry in engine.entries(case.id):
            print(entry.seq, f"{entry.at:%Y-%m-%d %H:%M}", entry.actor, entry.event or entry.kind)
        print("记录完整" if not list(engine.verify(case.id)) else "记录被改动")


if __name__ == "__main__":
    main(*sys.argv[1:])
