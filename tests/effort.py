"""How far the property tests look."""

from hypothesis import settings


def examples(usual: int) -> settings:
    """Settings for a test that tries so many examples as a rule, and more in proportion when exploring.

    A test without them tries 100 as a rule.
    """
    return settings(max_examples=usual * settings().max_examples // 100)
