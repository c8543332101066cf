"""Soundness of a flow: from every state an end can be reached, nothing is left then, and no step is dead.

`composition` decides it region by region and finds a shortest counterexample, `story` tells that in
words. `net` is the flow's place/transition net, the meaning against which the verdicts are tested.
Start with `soundness`.
"""

from jianban.workflows.analysis.soundness.composition import soundness
from jianban.workflows.analysis.soundness.verdict import Defect, DefectKind, Firing, Soundness

__all__ = ["Defect", "DefectKind", "Firing", "Soundness", "soundness"]
