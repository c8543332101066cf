"""What a command does not use is not imported: it would take longer than the command itself."""

import subprocess
import sys

HEAVY = ("fontTools", "pikepdf", "pygraphviz", "rich", "transitions", "vl_convert")
CODE = f"""
import sys
from jianban.engine.commands.main import main
main(["compare", "deregistration/general", "deregistration/simple"])
print(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_a_comparison_in_the_terminal_imports_neither_figures_nor_machines() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.split() == []
