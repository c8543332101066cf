"""Reads published guides, whoever wrote them: Markdown, HTML, CSV and Word files → blocks → fields."""
