"""The verifiable draw (随机抽取): who is inspected and by whom, so that anybody can repeat it.

- `registers.py`: the registers of objects and inspectors, and who must step aside; read from CSV
- `plan.py`: how many objects of each class, and how many inspectors for each
- `drawing.py`: the draw itself, from a key
- `commitment.py`: what is published before a draw
- `protocol.py`: the record of a draw, and its verification; start here

The algorithm is told in docs/reference/lots.md in a form that other programs can follow. Nothing here reads a
clock or makes a random number of its own.
"""
