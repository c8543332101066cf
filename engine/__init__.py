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
| `messages`, `effects` | what a case waits for and a message does; what goes out |
| `staffing` | whether a list of people can work a process |
| `anywhere` | withdrawal, suspension and resumption, extension of a limit |
| `moves` | moving tokens: choices, forks, joins, calls, cancelling, ends |
| `timers`, `clock` | what happens by itself and when; deadlines with a clock that can stop |
| `offers` | what may happen next, for whom, by when, and what refuses it now |
| `facts` | a case's data, typed as its process declares |
| `plan`, `machine` | a flow prepared once for running; one `transitions` machine for each region |
| `state`, `refusals` | the values all of these speak in |
| `replays` | the state that a history leads to |
| `walks` | a run to each end of a flow, found on the real engine, by `distances` and `samples` |

The core reads no clock, keeps nothing but what it prepares for a flow, and imports from `jianban.workflows`
only. Around it stands what keeps cases (`from jianban.engine import Actor, Engine`):

| module | what lives there |
|---|---|
| `engine` | `Engine`, which opens a database and lets events happen in its cases |
| `view` | a stored case as it was when it was read |
| `shell`, `group` | commands decided and written in one transaction; many callers in one commit |
| `store` | SQLite and PostgreSQL: tables, migrations, the SQL of the event path |
| `entries`, `codec` | the record of a case, chained by hashes; states and records as plain JSON |
| `library` | flows by name, version or content hash |
| `tasks` | the work list's rows of a case, as they follow from its state |

`jianban.engine.commands`, the command line, stands around it all and is imported by nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jianban.engine.access import Actor
    from jianban.engine.engine import Engine
    from jianban.engine.shell import Event

__all__ = ["Actor", "Engine", "Event"]

_MODULES = {"Actor": "access", "Engine": "engine", "Event": "shell"}


def __getattr__(name: str) -> Any:
    # the store's libraries take longer to import than the whole core
    if name in _MODULES:
        return getattr(import_module(f"jianban.engine.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
