"""`jianban uses`: what has to change when an item, a paper, a document, a role or an agency goes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose
from jianban.engine.commands.reports import FORMS, report_form, write_report
from jianban.engine.commands.session import FINE, Session, both
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.uses import Thing, Use
    from jianban.workflows.comparison.blocks import Block

SUMMARY = Text(
    "查找哪些流程用到某个流程、材料、文件、角色或机构：取消它须作哪些改动",
    "Find the processes that use a process, material, document, role or agency: what changes when it goes",
)
THING = Text(
    "编号：流程（可带版本）、材料、文件（可带条，如 licensing_law:42）、角色或机构",
    "The id of a process (or one version), a material, a document (or an article: licensing_law:42), a role "
    "or an agency",
)
SEARCHING = Text("正在查找", "Searching")

WHATS: Mapping[str, Text] = {
    "process": Text("流程", "Process"),
    "material": Text("材料", "Material"),
    "document": Text("文件", "Document"),
    "role": Text("角色", "Role"),
    "agency": Text("机构", "Agency"),
}
HOWS: Mapping[str, tuple[Text, Text]] = {
    "calls": (
        Text("调用", "Calls it"),
        Text("取消这一步，或者改调用其他流程", "drop the step, or call another"),
    ),
    "opens": (
        Text("另立其办件", "Opens a case of it"),
        Text("不再另立，或者改立其他流程的办件", "open none, or one of another process"),
    ),
    "switches": (
        Text("转入", "Switches to it"),
        Text("改转其他流程，或者改为办结", "switch to another, or end"),
    ),
    "offers": (
        Text("告知可以另行办理", "Offers it"),
        Text("改为告知其他途径，或者删去", "offer another, or none"),
    ),
    "awaits": (
        Text("等候只由其发出的消息", "Awaits a message that only it sends"),
        Text("取消等候，或者改等其他消息", "await none, or another"),
    ),
    "needs": (
        Text("用到只由其产生的材料", "Needs a document that only it issues"),
        Text("取消这份材料，或者改由其他流程产生", "ask for it no more, or let another process issue it"),
    ),
    "extends": (
        Text("以其为起点编写", "Is written from it"),
        Text("改以其他流程为起点，或者写全", "start from another, or be written in full"),
    ),
    "compared": (
        Text("以其为比较基准", "Is a variant of it"),
        Text("改定比较基准", "name another base"),
    ),
    "asks": (Text("要求提交", "Asks for it"), Text("不再要求", "ask for it no more")),
    "fetches": (Text("共享取得", "Fetches it"), Text("不再调取", "fetch it no more")),
    "issues": (Text("产生", "Issues it"), Text("不再产生", "issue it no more")),
    "cites": (
        Text("引为依据", "Cites it"),
        Text("改引现行规定，或者取消相应要求", "cite what is in force, or drop what rests on it"),
    ),
    "does": (Text("办理", "Is done by it"), Text("改由其他人员办理", "let others do it")),
    "takes": (
        Text("可以发起某个去向", "It may take a way out"),
        Text("改由其他人员发起", "let others take it"),
    ),
    "told": (Text("收到通知", "It is told"), Text("改为通知其他人员", "tell others")),
    "extension": (
        Text("批准延期", "It grants extensions"),
        Text("改由其他人员批准", "let others grant them"),
    ),
    "hands_over": (Text("可以移交", "It may hand over"), Text("改由其他人员移交", "let others do it")),
    "leads": (Text("牵头", "It leads"), Text("改由其他机构牵头", "let another lead")),
    "consulted": (Text("被征询", "It is consulted"), Text("改为征询其他机构", "consult another")),
    "issuer": (
        Text("用到其出具的材料", "Uses what it issues"),
        Text("改由其他机构出具，或者取消这份材料", "let another issue it, or drop it"),
    ),
    "through": (
        Text("所调用的流程用到", "Calls what uses it"),
        Text("随所调用的流程一并核对", "check it with the process that it calls"),
    ),
}
"""How a thing is used, and what has to change when it goes; all in the order shown."""
HEADING = Text("{what}：{title} {id}", "{what}: {title} {id}")
GROUP = Text("{how}（{count} 处）：{change}", "{how} ({count}): {change}")
PLACE = Text("“{title}” {place}", "“{title}” {place}")
ABOUT = Text("{place}：{detail}", "{place}: {detail}")
WHOLE = Text("整个流程", "the whole process")
VIA = Text("{process}（经 {via}）", "{process} (through {via})")
COMMA = Text("、", ", ")
TOTAL = Text("共 {count} 处，涉及 {processes} 个流程。", "Places: {count}, in processes: {processes}.")
NONE = Text("没有流程用到。", "No process uses it.")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("uses", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        thing: Annotated[str, typer.Argument(help=THING.get(lang), metavar="ID", show_default=False)],
        format: Annotated[str, report_form(lang)] = "terminal",
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form = "json" if json else choose(format, FORMS, "--format")

        from jianban.workflows.analysis.uses import things, uses

        with session.busy(SEARCHING):
            found = [(one, uses(session.catalogue, one)) for one in things(session.catalogue, thing)]
        if form == "json":
            session.write_json({"things": [_entry(one, used) for one, used in found]})
        else:
            blocks = (block for one, used in found for block in _blocks(one, used, lang))
            write_report(session, blocks, form)
        return FINE


def _entry(thing: "Thing", used: "Sequence[Use]") -> dict[str, object]:
    return {
        "what": thing.what.value,
        "id": thing.id,
        "title": both(thing.title),
        "uses": [
            {
                "process": use.process.key,
                "how": use.how.value,
                "place": use.place,
                "title": both(use.title),
                "detail": both(use.detail) if use.detail else None,
                "via": list(use.via),
                "change": both(HOWS[use.how][1]),
                "file": use.position.file,
                "line": use.position.line,
            }
            for use in used
        ],
    }


def _blocks(thing: "Thing", used: "Sequence[Use]", lang: Lang) -> "Iterator[Block]":
    from jianban.workflows.comparison.blocks import Heading, Paragraph, Point, Points

    yield Heading(text=HEADING.format(what=WHATS[thing.what], title=thing.title, id=thing.id).get(lang))
    if not used:
        yield Paragraph(text=NONE.get(lang))
        return
    count = 0
    for how, (words, change) in HOWS.items():
        # what several variants inherit is written once
        places: dict[str, list[Use]] = {}
        for use in used:
            if use.how == how:
                places.setdefault(_place(use).get(lang), []).append(use)
        if not places:
            continue
        count += len(places)
        yield Heading(text=GROUP.format(how=words, count=len(places), change=change).get(lang), level=3)
        yield Points(
            points=tuple(
                Point(
                    text=place,
                    under=(COMMA.get(lang).join(dict.fromkeys(_process(u).get(lang) for u in own)),),
                )
                for place, own in places.items()
            )
        )
    processes = len({use.process.key for use in used})
    yield Paragraph(text=TOTAL.format(count=count, processes=processes).get(lang))


def _place(use: "Use") -> Text:
    place = WHOLE if use.place is None else PLACE.format(title=use.title, place=use.place)
    return place if use.detail is None else ABOUT.format(place=place, detail=use.detail)


def _process(use: "Use") -> Text:
    key = Text(use.process.key, use.process.key)
    return VIA.format(process=key, via=" → ".join(use.via)) if use.via else key
