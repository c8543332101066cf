"""Loops, e.g. for corrections."""

from jianban.workflows.analysis.measures.context import Context
from jianban.workflows.analysis.measures.reading import Figures, Measure, Part
from jianban.workflows.texts import Text

BACK_TO = Text("{event} → {target}", "{event} → {target}")


def _compute(context: Context) -> Figures:
    nodes = context.flow.nodes
    arcs = context.shape.back_arcs
    return Figures(
        value=len(arcs),
        detail=tuple(
            Part(
                id=a.id,
                title=nodes[a.source].title,
                note=BACK_TO.format(event=a.title, target=nodes[a.target].title),
            )
            for a in arcs
        ),
        by_stage=context.by_stage((nodes[a.source], 1) for a in arcs),
    )


MEASURE = Measure(
    id="correction_loops",
    title=Text("补正回路", "Correction loops"),
    unit="loops",
    better=None,
    formula=Text(
        "流程中走回头路的出口数，如补正后重新受理、整改后复查",
        "Number of exits that lead back, e.g. to intake after a correction or to a check after a remedy",
    ),
    source=Text(
        "控制流图的回边",
        "Back edges of the control flow",
    ),
    compute=_compute,
)
