"""The part of `Engine` for people: roles from the host, and delegations and substitutions that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, insert, or_, select, update

from jianban.engine.access import Actor, CaseView, Resolver, resolved
from jianban.engine.codec import microseconds
from jianban.engine.delegation import Delegation, DelegationKind
from jianban.engine.front import Front
from jianban.engine.kept_delegations import Given, find_delegation, given_of, plain_delegation
from jianban.engine.naming import check_names, one_of
from jianban.engine.pages import check_limit
from jianban.engine.store.store import Work
from jianban.engine.store.tables import delegations
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text


class UnknownDelegation(JianbanError):
    """No delegation of that id."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(UNKNOWN.format(id=id))


class Delegating(Front):
    resolver: Resolver | None

    def delegate(
        self,
        giver: str,
        receiver: str,
        *,
        end: datetime,
        by: str,
        start: datetime | None = None,
        kind: DelegationKind | str = DelegationKind.DELEGATION,
        agency: str | None = None,
        roles: Iterable[str] = (),
        processes: Iterable[str] = (),
        cases: Iterable[str] = (),
        steps: Iterable[str] = (),
        events: Iterable[str] = (),
        reason: str = "",
        id: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Delegation:
        """Keep a delegation (授权委托), or a substitution (替班) in the roles of an agency.

        Args:
            end: from then on it is over.
            by: who gives it; whether they may is for the host to know.
            start: None for now.
            agency: for a substitution only.
            roles, processes, cases, steps, events: what it is limited to; empty limits nothing.
            id: the same again is the same delegation.

        Raises:
            JianbanError: it could not hold, or the id belongs to another.
        """
        moment = self.now(now)
        given = id if id is not None else self._ids(moment)
        check_names(id=given, actor=giver, receiver=receiver, by=by)
        form = one_of(DelegationKind, "kind", kind)
        assert form is not None, "it has one"
        delegation = Delegation(
            id=given,
            giver=giver,
            receiver=receiver,
            start=self.now(start) if start is not None else moment,
            end=self.now(end),
            kind=form,
            agency=agency,
            roles=frozenset(roles),
            processes=frozenset(processes),
            cases=frozenset(cases),
            steps=frozenset(steps),
            events=frozenset(events),
        )

        def keep(work: Work) -> Delegation:
            work.begin()
            known = find_delegation(work.connection, given)
            if known is not None:
                same = delegation if start is not None else _since(delegation, known.delegation.start)
                if plain_delegation(known.delegation) != plain_delegation(same):
                    raise JianbanError(TAKEN.format(id=given))
                return known.delegation
            work.connection.execute(
                insert(delegations).values(
                    id=given,
                    kind=delegation.kind.value,
                    giver=giver,
                    receiver=receiver,
                    start_at=microseconds(delegation.start),
                    end_at=microseconds(delegation.end),
                    body=canonical(plain_delegation(delegation)),
                    given_at=microseconds(moment),
                    given_by=by,
                    reason=reason,
                )
            )
            return delegation

        return self._work(keep, connection)

    def revoke_delegation(
        self,
        id: str,
        *,
        by: str,
        reason: str = "",
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Delegation:
        """Let a delegation hold no longer, from now on. One that is revoked already stays as it is.

        Raises:
            UnknownDelegation: there is none of that id.
        """
        check_names(id=id, by=by)
        moment = microseconds(self.now(now))

        def revoke(work: Work) -> Delegation:
            work.begin()
            mine = and_(delegations.c.id == id, delegations.c.revoked_at.is_(None))
            values = {"revoked_at": moment, "revoked_by": by, "revoked_reason": reason}
            work.connection.execute(update(delegations).where(mine).values(**values))
            known = find_delegation(work.connection, id)
            if known is None:
                raise UnknownDelegation(id)
            return known.delegation

        return self._work(revoke, connection)

    def delegations(
        self,
        *,
        giver: str | None = None,
        receiver: str | None = None,
        at: datetime | None = None,
        after: str = "",
        limit: int = 100,
    ) -> list[Given]:
        """The delegations that are kept, by id: a page of those after one.

        Args:
            at: only those in force at that moment.
        """
        check_names(giver=giver, receiver=receiver, after=after if after != "" else None)
        check_limit(limit)
        query = select(delegations).where(delegations.c.id > after).order_by(delegations.c.id).limit(limit)
        if giver is not None:
            query = query.where(delegations.c.giver == giver)
        if receiver is not None:
            query = query.where(delegations.c.receiver == receiver)
        if at is not None:
            moment, revoked = microseconds(self.now(at)), delegations.c.revoked_at
            query = query.where(
                delegations.c.start_at <= moment,
                delegations.c.end_at > moment,
                or_(revoked.is_(None), revoked > moment),
            )
        with self.store.reading() as connection:
            return [given_of(row) for row in connection.execute(query).mappings()]

    def actor(
        self,
        person: str,
        *,
        case: str | None = None,
        process: str | None = None,
        under: str | None = None,
        now: datetime | None = None,
    ) -> Actor:
        """A person with the roles that the host's resolver gives; or acting for another under a delegation.

        Args:
            case: in which they want to act.
            process: the id of the one they want to open a case of.
            under: the id of a delegation.

        Raises:
            JianbanError: the engine was opened without a resolver, or the delegation is another person's.
            UnknownCase, UnknownDelegation: there is none.
        """
        if self.resolver is None:
            raise JianbanError(NO_RESOLVER.format(person=person))
        check_names(actor=person, id=under)
        delegation = None
        if under is not None:
            with self.store.reading() as connection:
                known = find_delegation(connection, under)
            if known is None:
                raise UnknownDelegation(under)
            delegation = known.delegation
            if delegation.receiver != person:
                raise JianbanError(NOT_YOURS.format(id=under, person=person))
        view = CaseView(process=process or "", now=self.now(now))
        if case is not None:
            stored = self._stored(case)
            view = CaseView(
                process=stored.process.partition("@")[0],
                now=view.now,
                case=case,
                business_key=stored.business_key,
                subject=stored.subject,
            )
        return resolved(self.resolver, person, view, delegation)

    def acting(self, actor: Actor | str, case: str, now: datetime) -> Actor:
        """Who acts in a case; a name stands for the person with the roles that the host gives."""
        return actor if isinstance(actor, Actor) else self.actor(actor, case=case, now=now)


def _since(delegation: Delegation, start: datetime) -> Delegation:
    return replace(delegation, start=start)


UNKNOWN = Text("没有授权“{id}”。请核对编号", "there is no delegation “{id}”. Check its number")
TAKEN = Text(
    "编号“{id}”已用于另一项授权。请另取编号",
    "the id “{id}” belongs to another delegation. Choose another one",
)
NOT_YOURS = Text("授权“{id}”不是给{person}的", "the delegation “{id}” was not given to {person}")
NO_RESOLVER = Text(
    "不知道“{person}”有哪些角色。请在 Engine.open 中给出 resolver，或传入 Actor",
    "it is not known which roles “{person}” has. Give `Engine.open` a resolver, or pass an Actor",
)
