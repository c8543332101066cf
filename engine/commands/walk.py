"""`jianban walk`: a case played step by step, by a person at the terminal or by a script."""

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.answers import Answer, Choose, Do, read_answer, read_facts
from jianban.engine.commands.engine_telling import COMMA
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, read_date, reference
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure, both
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.engine.case import Refusal
    from jianban.engine.commands.play import Play
    from jianban.engine.commands.telling import Telling
    from jianban.workflows.flow import Flow
    from jianban.workflows.language.terms import DataField

SUMMARY = Text(
    "逐步演练一件办件：随时列出谁可以办什么；写序号或事项编号办理，+ 等到下一个期限，日期则等到该日，q 结束",
    "Play a case: it tells who may do what; answer with a number or an event, + to wait for the next date, "
    "a date to wait until then, q to stop",
)
START = Text("开始办理的日期；默认为今天", "The day the case starts; today by default")
DATA = Text(
    "办件数据，可多次给出，如 debts=settled；清单用逗号分隔，金额以元计",
    "A fact of the case, as often as needed, e.g. debts=settled; lists with commas, money in yuan",
)
DO = Text(
    "按脚本办理，可多次给出：事项[@步骤][:理由]、+ 或日期",
    "What to do, as often as needed: EVENT[@STEP][:REASON], + or a date",
)
TO = Text(
    "自动找出到达该结果的走法并演练：需要的数据、各方办理和等待的日期",
    "Find a run that reaches this end, and play it: the data it takes, who does what, and when",
)
SEARCHING = Text("正在寻找走法", "Looking for a run")
NO_END = Text(
    "“{end}”不是“{process}”的结果。结果有：{ends}", "“{end}” is no end of “{process}”. Its ends are: {ends}"
)
NOT_BOTH = Text(
    "--to 自行选择数据和事项，不能与 --data、--do 同用",
    "--to finds data and events by itself: it goes with neither --data nor --do",
)
NEVER = Text(
    "没有到达“{end}”的走法：所有数据和事项都已试过", "No run reaches “{end}”: all data and events were tried"
)
NOT_FOUND = Text(
    "在 {bound} 个状态以内没有找到到达“{end}”的走法",
    "No run that reaches “{end}” was found within {bound} states",
)
YUAN = Text("元", "yuan")
REASON = Text("理由：", "reason: ")
QUIT = ("q", "quit")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("walk", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        process: Annotated[str, reference(lang)],
        start: Annotated[
            str | None, typer.Option(help=START.get(lang), metavar="YYYY-MM-DD", show_default=False)
        ] = None,
        data: Annotated[
            list[str] | None, typer.Option(help=DATA.get(lang), metavar="NAME=VALUE", show_default=False)
        ] = None,
        do: Annotated[
            list[str] | None, typer.Option(help=DO.get(lang), metavar="EVENT", show_default=False)
        ] = None,
        to: Annotated[str | None, typer.Option(help=TO.get(lang), metavar="END", show_default=False)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        day = read_date(start, "--start") or date.today()
        if to is not None and (data or do):
            raise UsageFailure(NOT_BOTH)
        facts = read_facts(data or [])
        answers = [read_answer(text) for text in do or []]
        flow = load_flow(session, process)

        from jianban.engine.commands.play import Play
        from jianban.engine.commands.telling import Telling, plain

        play = Play(datetime(day.year, day.month, day.day, 9), facts, lambda name: load_flow(session, name))
        talk = Talk(session, play, Telling(session, play, facts=to is not None))
        if to is not None:
            missed = find(session, flow, to, play)
            if missed is not None and not json:
                session.write(session.say(missed))
            talk.show(None)
            if not json and play.cases:
                for line in talk.telling.provisional(r.at.date() for r in play.case.history):
                    session.write(line)
            if json:
                session.write_json({**plain(play), "unreached": both(missed) if missed else None})
            return FINE if missed is None else FOUND
        talk.show(play.open(flow))
        if do is None and not json:
            talk.converse()
        for answer in answers:
            if play.over:
                break
            talk.show(play.take(answer))
        if json:
            session.write_json(plain(play))
        return FOUND if play.refusals and do is not None else FINE


def find(session: Session, flow: "Flow", end: str, play: "Play") -> Text | None:
    """Play a run that reaches an end, or say that there is none.

    Raises:
        UsageFailure: the process has no such end.
    """
    from jianban.engine import walks

    node = flow.nodes.get(end)
    if node is None or node.end is None:
        ids = [n.id for n in flow.ends]
        ends = Text("、".join(ids), ", ".join(ids))
        raise UsageFailure(NO_END.format(end=end, process=flow.process.title, ends=ends))
    with session.busy(SEARCHING):
        found = walks.walk(flow, end, play.now)
    if isinstance(found, walks.Walk):
        play.adopt(walks.play(flow, found), found.commands)
        return None
    text = NEVER if found.exhausted else NOT_FOUND
    return text.format(end=node.title, bound=walks.MAX_STATES)


class Talk:
    """The conversation with a person, or the account of what a script did."""

    def __init__(self, session: Session, play: "Play", telling: "Telling") -> None:
        self.session = session
        self.play = play
        self.telling = telling

    def show(self, refusal: "Refusal | None") -> None:
        """Tell what happened, and what was refused."""
        if self.session.json:
            return
        for line in self.telling.news():
            self.session.write(line)
        if refusal is not None:
            self.session.write(self.telling.refusal(refusal))

    def converse(self) -> None:
        """Tell where the case stands and take answers, until it ends or there are no more."""
        while not self.play.over:
            self.session.write("")
            for line in self.telling.situation():
                self.session.write(line)
            text = self.ask("> ")
            if text is None or text in QUIT:
                return
            if not text:
                continue
            try:
                self.show(self.play.take(self.complete(read_answer(text))))
            except UsageFailure as error:
                self.session.write(self.session.say(error.text))

    def complete(self, answer: Answer) -> Answer:
        """Ask for the facts and the reason that an event needs."""
        if not isinstance(answer, Choose | Do):
            return answer
        offer = self.play.wanted(answer)
        if offer is None or offer.refusal is not None:
            return answer
        fields = self.play.case.flow.process.fields
        for name in offer.collects:
            if name not in self.play.given and name not in self.play.pending:
                value = self.ask(
                    f"{self.session.say(fields[name].title)} {name} ({self.hint(fields[name])}) = "
                )
                if value:
                    self.play.pending[name] = value
        reason = answer.reason if isinstance(answer, Do) else ""
        if offer.reason_required and not reason:
            reason = self.ask(self.session.say(REASON)) or ""
        return Do(offer.event, offer.place, reason)

    def hint(self, field: "DataField") -> str:
        """What a fact may be."""
        from jianban.engine.facts import KINDS
        from jianban.workflows.language.terms import DataKind

        options = self.session.say(COMMA).join(
            f"{option} {self.session.say(title)}" for option, title in field.options
        )
        return options or self.session.say(YUAN if field.kind is DataKind.MONEY else KINDS[field.kind])

    def ask(self, prompt: str) -> str | None:
        """A line from standard input; None at its end. Only a person at a terminal sees the prompt."""
        if sys.stdin.isatty():
            sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
        return line.strip() if line else None
