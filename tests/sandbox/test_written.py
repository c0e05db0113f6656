"""Answers leave as Python's own encoder would write them, two spaces a level."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.writing import Ready, json_text, written

texts = st.text(st.sampled_from('ab"\\\n\r\t],[{}: é␟🎉\ud800') | st.characters(), max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
answers = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20
)


@given(answers)
def test_an_answer_is_indented_by_two(answer: Any) -> None:
    expected = json.dumps(answer, ensure_ascii=False, indent=2)
    assert written(answer) == expected.encode(errors="backslashreplace")
    assert json.loads(written(answer)) == answer


@given(answers, st.integers(0, 4))
def test_a_part_that_is_text_already_looks_the_same_wherever_it_stands(part: Any, depth: int) -> None:
    ready = Ready(json_text(part, depth), depth)
    assert written({"a": [ready, 1], "b": ready}) == written({"a": [part, 1], "b": part})
    assert written([[[[ready]]]]) == written([[[[part]]]])
