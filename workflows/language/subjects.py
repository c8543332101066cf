"""The subjects of a catalogue: what its folders are called."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.files import shown
from jianban.workflows.language.model import Process
from jianban.workflows.language.parts import Words
from jianban.workflows.language.reader import Mapping as MappingNode
from jianban.workflows.language.reader import read_file
from jianban.workflows.language.shape import ProcessId, Shape, key
from jianban.workflows.language.validation import validate
from jianban.workflows.texts import Text

FILE = "subjects.yaml"


class SubjectShape(Shape):
    title: Words = key("名称", "Title")


class SubjectsShape(Shape):
    entries: dict[ProcessId, SubjectShape]


def subject_of(process: Process) -> str:
    """The subject that a process belongs to: the first part of its id."""
    return process.id.partition("/")[0]


def subject_titles(catalogue: Catalogue) -> Mapping[str, Text]:
    """Subject → title, the catalogue's own over those of its base; subjects that no file names are missing.

    Raises:
        DefinitionError: with everything that is wrong with the file.
    """
    found = dict(subject_titles(catalogue.base)) if catalogue.base else {}
    path = catalogue.folder / FILE
    if not path.exists():
        return found
    node = read_file(path, shown(path))
    shape, problems = validate(
        MappingNode(node.file, node.line, node.column, {"entries": node}, {}), SubjectsShape
    )
    if shape is None:
        raise DefinitionError(problems)
    return found | {id_: s.title.text for id_, s in shape.entries.items()}
