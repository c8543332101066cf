"""The part of `Engine` for the record: read, exported, verified and anchored, and personal data erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TextIO

from jianban.engine.access import Actor
from jianban.engine.anchors import anchor_of, heads, moved
from jianban.engine.entries import Entry, entry_of
from jianban.engine.erasure import forget_sent, holding
from jianban.engine.exports.pseudonyms import Pseudonyms
from jianban.engine.exports.trace import Trace, traces
from jianban.engine.front import Front
from jianban.engine.holidays import Calendars
from jianban.engine.naming import check_names
from jianban.engine.planning import plan_of
from jianban.engine.screening import known_id
from jianban.engine.seals import values_of
from jianban.engine.shell import Answer, Erasing, UnknownCase
from jianban.engine.store.store import Work
from jianban.engine.verification import Broken, Verifier
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

MOST_ENTRIES = 2**31
"""More than a case can have."""


class Recorded(Front):
    calendars: Calendars

    def entries(self, id: str, after: int = 0) -> Iterator[Entry]:
        """The record of a case, those after a number.

        Raises:
            UnknownCase: there is no such case.
            JianbanError: `after` is no number of an entry.
        """
        if not isinstance(after, int) or not 0 <= after < MOST_ENTRIES:
            raise JianbanError(AFTER)
        personal = values_of(self.store.personal(self.case(id).id))
        for row in self.store.entries(id, after):
            definition = json.loads(row.body)["definition"]
            yield entry_of(plan_of(self.library.by_hash(definition)), row, personal)

    def traces(
        self,
        ids: Iterable[str] | None = None,
        *,
        personal: bool = False,
        pseudonym: bytes | None = None,
        identifiers: bool = False,
    ) -> Iterator[Trace]:
        """Cases as `jianban.engine.exports` writes them to files, one at a time.

        Args:
            ids: of the cases; None for all.
            personal: with personal data, which can't be erased from a file as it can from here.
            pseudonym: a secret key of at least 16 bytes: people and subjects get pseudonyms under it, always
                the same ones.
            identifiers: ids of cases, business keys, keys of idempotency, and ids of messages and
                delegations get pseudonyms too.

        Raises:
            JianbanError: the key is too short or missing, or personal data is asked for besides.
        """
        if personal and pseudonym is not None:
            raise JianbanError(NOT_BOTH)
        if identifiers and pseudonym is None:
            raise JianbanError(NO_KEY)
        is_case = (lambda id: self.store.case(id) is not None) if identifiers else None
        pseudonyms = Pseudonyms(pseudonym, is_case) if pseudonym is not None else None
        wanted = self._cases() if ids is None else ids
        return traces(self.store, self.library, wanted, personal, pseudonyms)

    def anchor(self, list: TextIO | None = None) -> str:
        """A digest of the records of all cases, to be published or kept where nobody here can change it.

        Args:
            list: gets the list that the digest is of; `verify` needs it.
        """

        def lines() -> Iterator[str]:
            for line in heads(self.store):
                if list is not None:
                    list.write(line)
                yield line

        return anchor_of(lines())

    def verify(
        self, id: str | None = None, *, anchor: str | None = None, list: Iterable[str] = ()
    ) -> Iterator[Broken]:
        """The first place in each case where its record is not what it was.

        Args:
            id: one case; None for all.
            anchor, list: as `anchor` gave them: also say which records were written anew since.

        Raises:
            UnknownCase: there is no such case.
        """
        verifier = Verifier(self.store, self.library, self.calendars, self.now)
        if id is not None and self.store.case(known_id(id)) is None:
            raise UnknownCase(id)
        for each in self._cases() if id is None else (id,):
            broken = verifier.case(each)
            if broken is not None:
                yield broken
        if id is None:
            yield from verifier.strays()
        if anchor is not None:
            yield from moved(self.store, anchor, list)

    def erase(
        self,
        *,
        case: str | None = None,
        subject: str | None = None,
        owner: str | None = None,
        actor: Actor,
        reason: str,
        now: datetime | None = None,
    ) -> list[Answer]:
        """Erase personal data (个人信息) for good: what fields declared `personal` and reasons said.

        The record keeps its seals, and one more entry that says what was erased, by whom and why.

        Args:
            case: in this case.
            subject: in all cases of this subject.
            owner: what this actor brought; with a case or subject only there, otherwise everywhere.

        Returns:
            An answer for each case in which something was erased; erasing again finds nothing.

        Raises:
            JianbanError: none of case, subject and owner is given, or there is no reason.
            UnknownCase: there is no such case.
        """
        check_names(actor=actor.id, subject=subject, owner=owner)
        if case is None and subject is None and owner is None:
            raise JianbanError(WHOSE)
        if not isinstance(reason, str) or not reason.strip():
            raise JianbanError(WHY)
        moment = self.now(now)
        ids = [case] if case is not None else holding(self.store, subject, owner)
        answers = [self._erase(Erasing(known_id(id), actor, reason, owner, moment)) for id in ids]
        self.store.erased()
        return [a for a in answers if a.records]

    def _erase(self, asked: Erasing) -> Answer:
        """Erase personal data of a case, and what was sent that may hold it."""

        def erase(work: Work) -> Answer:
            work.begin()
            (answer,) = self.shell.carry_out(work, [asked])
            if isinstance(answer, JianbanError):
                raise answer
            assert isinstance(answer, Answer), "nothing refuses it"
            forget_sent(work.connection, asked.case)
            return answer

        return self._work(erase, None)

    def _cases(self) -> Iterator[str]:
        after = ""
        while ids := self.store.ids(after):
            yield from ids
            after = ids[-1]


AFTER = Text(
    "after 应为记录的序号，0 为从头读取", "after must be the number of an entry; 0 reads from the first"
)
NO_KEY = Text("编号写作假名须给出密钥（--pseudonyms）", "pseudonyms for ids need a key (--pseudonyms)")
NOT_BOTH = Text("用假名导出时不能包括个人信息", "an export with pseudonyms cannot have personal data besides")
WHOSE = Text(
    "请写明删除哪个办件、哪个对象或由谁提供的个人信息（case、subject、owner）",
    "say whose personal data to erase: of a case, of a subject, or what an owner brought",
)
WHY = Text("删除个人信息须写明理由", "erasing personal data needs a reason")
