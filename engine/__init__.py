"""Run time: cases.

A newcomer starts at `case.py`: `Case.open(flow, data, actor=…, now=…)` opens a case, `case.offers(…)` says
what may happen next and for whom, `case.fire(event, actor=…, now=…)` lets it happen or says which rule
refuses it.

| module | what lives there |
|---|---|
| `case` | `Case`, the thin holder of a state and its history; `decide`, the pure core it calls |
| `decision` | `decide`: (flow, state, command) → what happened and the new state, or a refusal |
| `admission`, `access` | whether an event may happen: conditions, waits, counts, data; roles, duties |
| `delegation`, `responsibility` | acting for another; roles bound in a case, first receivers, handovers |
| `messages`, `effects.values` | what a case waits for and a message does; what goes out |
| `staffing` | whether a list of people can work a process |
| `anywhere` | withdrawal, suspension and resumption, extension of a limit |
| `moves` | moving tokens: choices, forks, joins, calls, cancelling, ends |
| `remembering` | what a case remembers of that, and the timers that follow |
| `timers`, `limits`, `clock` | what happens by itself and when; deadlines with a clock that can stop |
| `deadlines` | the dates a case stands under: used, left, green, yellow or red |
| `offers` | what may happen next, for whom, by when, and what refuses it now |
| `facts` | a case's data, typed as its process declares |
| `plan`, `planning`, `machine` | a flow prepared once for running; a `transitions` machine a region |
| `state`, `refusals`, `refusal_texts` | the values all of these speak in, and what refusals say |
| `replays`, `recollection` | the state that a history leads to; what has happened, read again |
| `migration`, `carrying`, `fitting`, `matching` | a case under another definition, and back |
| `walks` | a run to each end of a flow, found on the real engine, by `distances` and `samples` |

The core reads no clock, keeps nothing but what it prepares for a flow, and imports from `jianban.workflows`
only. Around it stands what keeps cases (`from jianban.engine import Actor, Engine`):

| module | what lives there |
|---|---|
| `engine`, `aio` | `Engine`, which opens a database and lets events happen in its cases; the same, awaited |
| `front`: `queries`, `between`, `versions` | its parts: lists of cases and work; messages; migration |
| `delegations`, `records`, `upkeep` | more of its parts: people; the record; what goes out, holidays |
| `view` | a stored case as it was when it was read |
| `asked`, `screening`, `naming`, `repeats` | commands and answers; what they may hold; those done before |
| `shell`, `transaction`, `running`, `recent` | commands decided and written in one transaction |
| `performing` | what each kind of command does to a case there |
| `group` | many callers in one commit |
| `store` | SQLite and PostgreSQL: tables, migrations, the SQL of the event path |
| `entries`, `codec` | the record of a case, chained by hashes; states and records as plain JSON |
| `seals`, `erasure` | personal data, kept beside the record that seals it |
| `verification`, `tracing`, `anchors`, `exports` | whether a record is what it was; records as files |
| `consequences` | whether what stands beside a record is what follows from it |
| `library` | flows by name, version or content hash |
| `standing`, `tasks` | where a case stands: for whom, until when |
| `worklist`, `due`, `cases`, `counts`, `pages` | what is to do, what is due, which cases there are |
| `assessment`, `tallies`, `scoring` | how offices kept their limits, and their score |
| `starting`, `vocabulary` | who may open a case; the names that definitions know |
| `holidays` | days counted anew by another calendar |
| `correspondence`, `post` | what cases tell each other, and what is kept of it |
| `crossing` | a migration decided on the record of a stored case |
| `kept_delegations` | delegations as rows |
| `effects`, `worker` | what goes out, kept with its event; what carries it out and wakes cases |

`jianban.engine.commands`, the command line, stands around it all and is imported by nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jianban.engine.access import Actor
    from jianban.engine.aio import AsyncEngine
    from jianban.engine.asked import Event
    from jianban.engine.engine import Engine

__all__ = ["Actor", "AsyncEngine", "Engine", "Event"]

_MODULES = {"Actor": "access", "AsyncEngine": "aio", "Engine": "engine", "Event": "asked"}


def __getattr__(name: str) -> Any:
    # the store's libraries take longer to import than the whole core
    if name in _MODULES:
        return getattr(import_module(f"jianban.engine.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
