"""What a browser sends of a conversation: read whole, or refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import UserError
from ui.conversation import MOST_TURNS, Turn, read


def test_turns_are_read_oldest_first() -> None:
    said = [{"question": "Who owns it?", "tried": ["Lead"]}, {"question": "And then?", "at": 5}]
    assert read(said) == (Turn("Who owns it?", ("Lead",)), Turn("And then?"))
    assert len(read([{"question": "Who?"}] * MOST_TURNS)) == MOST_TURNS


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        "Who?",
        ["Who?"],
        [{}],
        [{"question": 5}],
        [{"question": "Who?", "tried": None}],
        [{"question": "Who?", "tried": "Lead"}],
        [{"question": "Who?", "tried": ["Lead", 5]}],
        [{"question": "Who?"}] * (MOST_TURNS + 1),
    ],
)
def test_anything_else_is_refused(said: Any) -> None:
    with pytest.raises(
        UserError, match=r"^The page sent a conversation that cannot be read: start a new conversation\.$"
    ):
        read(said)
