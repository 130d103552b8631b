"""What the page's browser asks of the server: cards for a conversation, feedback, and the two lists. No gradio here.

The conversation stays in the browser, which sends it whole: the server writes nothing of anybody's turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from assistant.errors import UserError
from assistant.flow import Assistant, checked
from assistant.followups import followups
from assistant.values import Answer
from ui.card import Story, card
from ui.conversation import Turn, history, read
from ui.feedback import REASONS, Feedback, Noted
from ui.lists import directory_page, found_page, manual_page, masthead
from ui.logs import Log
from ui.plain import plain
from ui.problems import UNUSABLE
from ui.render import render
from ui.webhook import Webhook

EXAMPLES = 6
Said = dict[str, Any]
"""What a browser gets: what it asked for, or {"error": a sentence}."""


class Desk:
    """The assistant as the page asks it: always the newest index. Safe to share between threads."""

    def __init__(self, assistant: Assistant, feedback: Feedback | None, log: Log | None = None) -> None:
        self._assistant = assistant
        self._feedback = feedback
        self._webhook = Webhook()
        self._log = log or Log()

    def answer(self, question: str, turns: Sequence[str]) -> Answer:
        """The newest index's answer; UserError where the question cannot be taken."""
        asked = checked(question)
        self._refresh()
        return self._log.answered(lambda: self._assistant.answer(asked, turns))

    def start(self, _said: Any = None) -> Said:
        """What an empty page shows: which manual it is, and questions that this one can answer, as HTML."""

        def begun() -> Said:
            self._refresh()
            examples = render("start.html", examples=self._assistant.examples(EXAMPLES))
            return {"masthead": masthead(self._assistant), "examples": examples}

        return _or_error(begun)

    def ask(self, said: Any) -> Said:
        """The card of the last turn, asked now; what the manual left unanswered is kept for `whodoiask gaps`."""
        return _or_error(lambda: {"cards": [self._card(read(said), new=True)]})

    def show(self, said: Any) -> Said:
        """The cards of all turns, or of the last alone: {"turns": [...], "all": bool}. Nothing is written."""

        def shown() -> Said:
            request = said if isinstance(said, Mapping) else {}
            turns = read(request.get("turns"))
            first = 1 if request.get("all") else len(turns)
            return {"cards": [self._card(turns[:n], last=n == len(turns)) for n in range(first, len(turns) + 1)]}

        return _or_error(shown)

    def rate(self, said: Any) -> Said:
        """Keep whether the last turn's answer helped: {"turns": [...], "helpful": bool, "reason": text}."""
        return _or_error(lambda: {"thanks": self._said_rating(said if isinstance(said, Mapping) else {})})

    def directory(self) -> str:
        """The directory of the newest index."""
        return self._listed(directory_page)

    def manual(self) -> str:
        """What the newest index was made of."""
        return self._listed(manual_page)

    def _listed(self, page: Callable[[Assistant], str]) -> str:
        """A page of the newest index, as HTML; where there is none that can be read, the sentence that says so."""
        try:
            self._refresh()
            return page(self._assistant)
        except UserError as error:
            return f"<p>{escape(plain(str(error)))}</p>"

    def search(self, said: Any) -> Said:
        """The passages of the newest index that come nearest to some words, as HTML."""

        def found() -> Said:
            words = checked(said if isinstance(said, str) else "")
            self._refresh()
            return {"found": found_page(self._assistant, words)}

        return _or_error(found)

    def turn(self, turns: Sequence[Turn]) -> tuple[Answer, Story]:
        """The answer to the last turn, and what led to it."""
        answer = self.answer(turns[-1].question, history(turns[:-1]))
        return answer, self._story(turns, answer)

    def note(self, answer: Answer) -> None:
        """Keep a question that the manual leaves unanswered for `whodoiask gaps`, where feedback is on."""
        if self._feedback is not None and self.rates and answer.outcome == "escalate":
            self._sent(self._feedback.unanswered(answer))

    def rated(self, turns: Sequence[Turn], helpful: bool, reason: str) -> str:
        """Keep whether the last turn's answer helped; the words of thanks. FeedbackError where it cannot be kept."""
        if self._feedback is None or not self.rates:
            return "Feedback is switched off here."
        self._sent(self._feedback.rated(self.answer(turns[-1].question, history(turns[:-1])), helpful, reason))
        return "Thank you." if helpful else "Thank you. It is kept for those who write the manual."

    def _refresh(self) -> None:
        try:
            self._assistant.refresh()
        except UserError as error:
            raise UserError(UNUSABLE) from error

    @property
    def rates(self) -> bool:
        """Whether readers are asked if an answer helped."""
        return self._feedback is not None and self._assistant.index.settings.feedback

    @property
    def slack_url(self) -> str:
        """The workspace that the manual's channels are in; empty where its settings do not say."""
        return self._assistant.index.settings.slack_url

    def _card(self, turns: Sequence[Turn], *, new: bool = False, last: bool = True) -> str:
        earlier, turn = history(turns[:-1]), turns[-1]
        answer, story = self.turn(turns)
        if new:
            self.note(answer)
        return card(
            answer,
            len(turns),
            turn.tried,
            story=story,
            chips=followups(self._assistant, answer, earlier) if last and not turn.tried else (),
            reasons=REASONS if self.rates else (),
            slack_url=self.slack_url,
        )

    def _story(self, turns: Sequence[Turn], answer: Answer) -> Story:
        """The turns that an answer continues, back to the one for which the manual named somebody."""
        if not answer.continues:
            return Story((turns[-1].question,), answer)
        for n in range(len(turns) - 1, 0, -1):
            earlier = self._assistant.answer(turns[n - 1].question, history(turns[: n - 1]))
            if earlier.contacts or not earlier.continues:
                break
        tried = dict.fromkeys(who for turn in turns[n - 1 : -1] for who in turn.tried)
        asked = tuple(turn.question for turn in turns[n - 1 :])
        return Story(asked, answer if answer.contacts else earlier, tuple(tried))

    def _sent(self, note: Noted | None) -> None:
        if note is not None:
            self._webhook.send(self._assistant.index.settings.webhook, note)

    def _said_rating(self, said: Mapping[str, Any]) -> str:
        turns = read(said.get("turns"))
        helpful, reason = said.get("helpful"), said.get("reason", "")
        if not isinstance(helpful, bool) or not isinstance(reason, str):
            raise UserError("The page sent feedback that cannot be read: reload the page.")
        return self.rated(turns, helpful, reason)


def _or_error(made: Callable[[], Said]) -> Said:
    try:
        return made()
    except UserError as error:
        return {"error": plain(str(error))}
