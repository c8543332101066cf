"""Run time: cases.

A newcomer starts at `case.py`: `Case.open(flow, data, actor=…, now=…)` opens a case, `case.offers(…)` says
what may happen next and for whom, `case.fire(event, actor=…, now=…)` lets it happen or says which rule
refuses it.

| module | what lives there |
|---|---|
| `case` | `Case`, the thin holder of a state and its history; `decide`, the pure core it calls |
| `decision` | `decide`: (flow, state, command) → what happened and the new state, or a refusal |
| `admission`, `access` | whether an event may happen: conditions, waits, counts, data; roles, duties |
| `anywhere` | withdrawal, suspension and resumption, extension of a limit |
| `moves` | moving tokens: choices, forks, joins, calls, cancelling, ends |
| `timers`, `clock` | what happens by itself and when; deadlines with a clock that can stop |
| `offers` | what may happen next, for whom, by when, and what refuses it now |
| `facts` | a case's data, typed as its process declares |
| `plan`, `machine` | a flow prepared once for running; one `transitions` machine for each region |
| `state`, `refusals` | the values all of these speak in |
| `replays` | the state that a history leads to |
| `walks` | a run to each end of a flow, found on the real engine, by `distances` and `samples` |

The engine reads no clock, keeps nothing but what it prepares for a flow, and imports from `jianban.workflows`
only. `jianban.engine.commands`, the command line, stands around it and is imported by nothing.
"""
