"""Service items (政务服务事项) of a catalogue: which processes they are, their indicators, and a policy that
they are held to.

- `choice.py`: which versions of which processes are service items, and why the others are none
- `quantities.py`: the indicators of one item, each with the steps and materials it comes from
- `survey.py`: items, and their averages and rates by subject and in total; start here
- `policy.py`: thresholds read from a file
- `judgement.py`: which thresholds are broken, and by what

How each is counted is told in docs/reference/indicators.md.
"""
