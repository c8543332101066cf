"""How much the proofs do: a little in the tests, a lot in `make soak`."""

from __future__ import annotations

import os

SOAKING = "JIANBAN_SOAK" in os.environ
SEED = int(os.environ.get("JIANBAN_SEED", "1"))
"""Of everything random; a test that fails prints it."""


def times(usual: int, soaking: int) -> int:
    """How often to do something: `soaking` times in `make soak`."""
    return soaking if SOAKING else usual
