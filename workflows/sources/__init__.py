"""What a catalogue cites of the law, by article and phrase, and whether the texts say so.

Pure, but for `texts`, which reads a folder. Imports the language only. Start at `register`.
"""
