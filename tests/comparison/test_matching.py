"""What stands for what: by the caller's word, `replaces`, id, title, and along the chain of variants."""

import pytest

from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.links import How
from jianban.workflows.comparison.matching import Given
from jianban.workflows.comparison.pairs import match_variants
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from tests.comparison.variants import stage, step, variant

APPLY = step("apply", kind="submit").replace("by: clerk", "by: agent")
Matched = list[tuple[tuple[str, ...], tuple[str, ...], How | None]]


def matched(base: Flow, other: Flow, level: Level = Level.STEP, **options: object) -> Matched:
    groups = match_variants(base, other, **options).groups[level]  # pyright: ignore[reportArgumentType]
    return [(g.base, g.other, g.how) for g in groups]


BASE = variant(
    "base",
    stage("prepare", step("notify"), step("announce"))
    + stage("decide", step("check"), step("sign", title="签发"), step("archive")),
)


def test_replaces_comes_before_id_and_id_before_title() -> None:
    other = variant(
        "other",
        stage("prepare", step("publish", "replaces: [notify, announce]"))
        + stage("decide", step("check", "replaces: [archive]"), step("issue", title="签发")),
    )
    assert matched(BASE, other) == [
        (("notify", "announce"), ("publish",), How.REPLACES),
        (("check", "archive"), ("check",), How.REPLACES),
        (("sign",), ("issue",), How.TITLE),
    ]


def test_two_that_replace_one_split_it() -> None:
    other = variant(
        "other",
        stage("prepare", step("notify"), step("announce"))
        + stage(
            "decide", step("first", "replaces: [check]"), step("second", "replaces: [check]"), step("archive")
        ),
    )
    groups = matched(BASE, other)
    assert (("check",), ("first", "second"), How.REPLACES) in groups
    assert (("sign",), (), None) in groups


def test_a_title_that_could_mean_two_steps_matches_none() -> None:
    base = variant("base", stage("one", step("a", title="受理"), step("b", title="受理")))
    other = variant("other", stage("one", step("c", title="受理"), step("d", title="受理")))
    assert {how for _, _, how in matched(base, other)} == {None}


def test_within_matched_stages_equal_titles_are_told_apart() -> None:
    base = variant("base", stage("one", step("a", title="受理")) + stage("two", step("b", title="受理")))
    other = variant("other", stage("one", step("c", title="受理")) + stage("two", step("d", title="受理")))
    assert matched(base, other) == [(("a",), ("c",), How.TITLE), (("b",), ("d",), How.TITLE)]


def test_a_title_of_another_kind_does_not_match() -> None:
    base = variant("base", stage("one", step("a", title="审查")))
    other = variant("other", stage("two", step("c", title="审查", kind="review")))
    assert matched(base, other) == [((), ("c",), None), (("a",), (), None)]


def test_the_callers_word_counts_most() -> None:
    other = variant(
        "other",
        stage("decide", step("check"), step("sign", title="签发"), step("fresh", "replaces: [check]")),
    )
    given = Given(steps={"check": ("archive",), "fresh": ()})
    groups = matched(BASE, other, given=given)
    assert (("archive",), ("check",), How.GIVEN) in groups
    assert ((), ("fresh",), None) in groups
    assert (("check",), (), None) in groups


@pytest.mark.parametrize("given", [Given(steps={"nobody": ()}), Given(stages={"decide": ("nowhere",)})])
def test_a_stated_match_of_nothing_is_refused(given: Given) -> None:
    with pytest.raises(JianbanError, match="has no"):
        match_variants(BASE, BASE, given=given)


def test_a_variant_of_a_variant_matches_through_it() -> None:
    middle = variant(
        "middle",
        stage("all", step("publish", "replaces: [notify, announce]"), step("check")),
        of="test/base",
    )
    last = variant(
        "last",
        stage("whole", step("post", "replaces: [publish, check]"), more="replaces: [all]\n"),
        of="test/middle",
    )
    assert matched(BASE, last, chain=[middle])[0] == (("notify", "announce", "check"), ("post",), How.CHAIN)
    assert matched(last, BASE, chain=[middle])[0] == (("post",), ("notify", "announce", "check"), How.CHAIN)


def test_two_variants_of_one_base_match_through_it_known_or_not() -> None:
    one = variant(
        "one",
        stage("s", step("publish", "replaces: [notify, announce]"), step("check")),
        of="test/base",
    )
    two = variant(
        "two",
        stage("s", step("post", "replaces: [announce]"), step("check"), step("send", "replaces: [notify]")),
        of="test/base@2024-01",
    )
    expected = [(("publish",), ("post", "send"), How.CHAIN), (("check",), ("check",), How.ID)]
    assert matched(one, two, chain=[BASE]) == expected
    assert matched(one, two) == expected


def test_a_correction_goes_with_its_step() -> None:
    base = variant(
        "base",
        stage("s", APPLY, step("first", kind="intake"), step("second", kind="intake")),
    )
    other = variant(
        "other",
        stage("s", APPLY, step("once", "replaces: [first, second]", kind="intake")),
    )
    assert (("first_correction", "second_correction"), ("once_correction",), How.OWNER) in matched(
        base, other
    )


def test_corrections_of_merged_steps_merge_into_the_one_that_keeps_its_id() -> None:
    base = variant(
        "base",
        stage("s", APPLY, step("first", kind="intake"), step("second", kind="intake")),
    )
    other = variant("other", stage("s", APPLY, step("second", "replaces: [first, second]", kind="intake")))
    merged = (("first_correction", "second_correction"), ("second_correction",), How.ID)
    assert merged in matched(base, other)


def test_added_steps_stand_after_their_predecessor() -> None:
    other = variant(
        "other",
        stage(
            "prepare",
            step("new_first"),
            step("notify"),
            step("new_second"),
            step("new_third"),
            step("announce"),
        )
        + stage("decide", step("check"), step("sign", title="签发"), step("archive")),
    )
    assert [o for _, o, _ in matched(BASE, other)][:5] == [
        ("new_first",),
        ("notify",),
        ("new_second",),
        ("new_third",),
        ("announce",),
    ]
