"""JSON Lines: the whole record, one entry a line, in the very bytes that its hash was made of.

A line is `{"process": …, "hash": …, "body": …}`, where `body` is the entry as it is kept. Who has the file
can verify the chain without this program: see the reference of the record. Where people have pseudonyms,
lines have no hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from jianban.engine.exports.trace import Trace
from jianban.workflows.texts import Lang


def jsonl(traces: Iterable[Trace], lang: Lang) -> Iterator[str]:
    """The lines of the cases; they are the same in every language."""
    for trace in traces:
        head = json.dumps(trace.case.process, ensure_ascii=False)
        for row in trace.rows:
            sealed = f',"hash":"{row.hash.hex()}"' if row.hash else ""
            yield f'{{"process":{head}{sealed},"body":{row.body.decode()}}}\n'
