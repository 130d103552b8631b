"""An answer as a card: whom and where in one glance, everything else one glance further."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Literal

from assistant.directly import nobody_for
from assistant.flow import asked_at_once
from assistant.handover import handover
from assistant.values import Answer, NamedContact, NearPage, Rung, Source
from assistant.wording import Line, Piece, shown
from ui.render import lines_said, owner, render
from ui.sharing import for_markdown, for_slack

_SURE = ((0.85, "high", "●●●", "Very likely right."), (0.65, "middle", "●●○", "Likely right."))
_UNSURE = ("low", "●○○", "Not certain: read the quoted line before you rely on it.")
GAP = Line((Piece("…"),))
"""Between lines of a section that do not follow each other."""
ITEMS_OPEN = 12
"""Things listed that are shown at once; the rest unfold."""
STEPS_OPEN = 4
"""Steps that are shown at once; the rest unfold."""
SEVERAL = "several"
"""The rule by which several questions at once are answered; it numbers what each contact is for."""
_NUMBERED = re.compile(r"(?:^|; )(\d+)\. ")
NO_ORDER = "The manual names nobody for this, and it states no order of escalation."


@dataclass(frozen=True, slots=True)
class Sureness:
    """A confidence (a calibrated chance of being right) in words."""

    level: str
    dots: str
    words: str

    @staticmethod
    def of(confidence: float) -> Sureness:
        for least, *said in _SURE:
            if confidence >= least:
                return Sureness(*said)
        return Sureness(*_UNSURE)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung as the card shows it; `last` is the last one tried, which can be undone."""

    rung: Rung
    state: Literal["tried", "now", "later"]
    last: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What led to an answer: the questions that belong together, the answer that named somebody, who was tried."""

    asked: tuple[str, ...]
    found: Answer
    tried: tuple[str, ...] = ()
    """Rungs that were tried after earlier turns."""


@dataclass(frozen=True, slots=True)
class Party:
    """One of those whom a statement names, with all the addresses that it gives for them."""

    contacts: tuple[NamedContact, ...]

    @property
    def first(self) -> NamedContact:
        return self.contacts[0]

    @property
    def reached(self) -> bool:
        """Whether the manual gives an address at all."""
        return any(contact.address for contact in self.contacts)


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines of one section as they are shown, and the sources that they are."""

    sources: tuple[Source, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom one statement of the manual names, what it is for, and the lines that say so."""

    parties: tuple[Party, ...]
    sources: tuple[Source, ...]
    quotes: tuple[Quote, ...]
    why: str
    """What it is for; empty where the quoted lines begin with the same words."""

    @property
    def questions(self) -> tuple[int, ...]:
        """The numbers of the questions that it answers, where several were asked at once."""
        return tuple(map(int, _NUMBERED.findall(self.parties[0].first.why)))

    @property
    def matter(self) -> str:
        """What it is for, in the manual's words; of a line that names little but them, what its section is called."""
        said = "; ".join(_matters(self.parties[0].first.why))
        rest = said
        for contact in self.contacts:
            for word in (contact.address, contact.name):
                rest = rest.replace(word, " ") if word else rest
        if len(re.findall(r"[^\W\d_]{3,}", rest)) > 1:
            return said
        place = self.sources[0].place
        return " › ".join(dict.fromkeys(filter(None, (place.title, place.heading))))

    def target(self, contact: NamedContact) -> str:
        """Where the quoted lines link the contact's own address to; empty where they do not."""
        address = contact.address.lower()
        return next((p.href for p in self.links if address and address in p.text.lower().split()), "")

    @property
    def links(self) -> tuple[Piece, ...]:
        """The links that stand in the quoted lines."""
        pieces = [piece for quote in self.quotes for line in quote.lines for piece in _pieces(line)]
        return tuple(dict.fromkeys(p for p in pieces if p.kind == "link" and p.href.startswith(("http", "mailto:"))))

    @property
    def contacts(self) -> tuple[NamedContact, ...]:
        return tuple(contact for party in self.parties for contact in party.contacts)


@dataclass(frozen=True, slots=True)
class Part:
    """Of several questions asked at once those that one statement answers, each with its number; no choice where the
    manual names nobody."""

    asked: tuple[tuple[int, str], ...]
    choice: Choice | None


ToDo = tuple[tuple[Piece, ...], tuple[Line, ...], tuple[int, ...]]
"""A step: its words, the code below it, and the numbers of its sources."""


@dataclass(frozen=True)
class Layout:
    """What a card shows of one turn, in whatever it is drawn."""

    answer: Answer
    choices: tuple[Choice, ...]
    pair: bool
    """Whether the first two choices stand side by side."""
    parts: tuple[Part, ...]
    """Of several questions asked at once; empty for a single one."""
    sure: Sureness
    assumed: tuple[str, ...]
    cautions: tuple[str, ...]
    steps: tuple[ToDo, ...]
    rungs: tuple[Step, ...]
    now: Rung | None
    next_is_asked: bool
    """Whether the question was who is next."""
    pages: tuple[tuple[NearPage, NamedContact | None], ...]
    """Those that come nearest, each with its contact, if it has one."""
    message: str
    """To hand over; empty where it is too early for that."""
    said: str
    """A sentence or two for whoever does not see the card."""


def laid_out(answer: Answer, tried: Sequence[str], story: Story) -> Layout:
    """`tried` are rungs of this answer's ladder."""
    rungs = _steps(answer.ladder, tried)
    now = next((step.rung for step in rungs if step.state == "now"), None)
    choices = _choices(answer)
    parts = _parts(answer, choices) if answer.rule == SEVERAL else ()
    pair = is_pair(answer, choices)
    nobody = [number for part in parts if not part.choice for number, _ in part.asked]
    return Layout(
        answer=answer,
        choices=choices,
        pair=pair,
        parts=parts,
        sure=Sureness.of(answer.confidence),
        assumed=tuple(note for note in answer.notes if note not in answer.cautions and note != answer.lead),
        cautions=tuple(caution for caution in answer.cautions if not nobody or caution != nobody_for(nobody)),
        steps=() if pair else tuple(_to_do(answer)),  # they are those of one of the two
        rungs=tuple(rungs),
        now=now,
        next_is_asked=answer.rule == "next rung",
        pages=tuple(_pages(answer)),
        message=_message(answer, rungs, now, story),
        said=_said(answer, now),
    )


def card(
    answer: Answer,
    turn: int,
    tried: Sequence[str] = (),
    *,
    story: Story,
    chips: Sequence[str] = (),
    reasons: Sequence[str] = (),
    slack_url: str = "",
) -> str:
    """The HTML of one turn. `tried` are rungs of this answer's ladder; `reasons` ask for feedback when given."""
    layout = laid_out(answer, tried, story)
    open_numbers = {source.number for choice in _in_sight(layout.choices, answer) for source in choice.sources}
    return render(
        "card.html",
        **vars(layout),
        turn=turn,
        open_steps=STEPS_OPEN,
        open_items=ITEMS_OPEN,
        further=_further(answer, open_numbers),
        items_cite=answer.items[0].sources if len({item.sources for item in answer.items}) == 1 else (),
        chips=chips,
        rating=bool(reasons),
        reasons=reasons,
        slack_url=slack_url,
        as_markdown=for_markdown(answer),
        as_slack=for_slack(answer),
    )


def _parts(answer: Answer, choices: Sequence[Choice]) -> tuple[Part, ...]:
    """The questions in their order, those of one statement together."""
    made: dict[int, Part] = {}
    for number, question in enumerate(asked_at_once(answer.question), 1):
        key = next((n for n, choice in enumerate(choices) if number in choice.questions), -number)
        before = made[key].asked if key in made else ()
        made[key] = Part((*before, (number, question)), choices[key] if key >= 0 else None)
    return tuple(made.values())


def is_pair(answer: Answer, choices: Sequence[Choice]) -> bool:
    """Whether two statements stand side by side, because the first is not likely enough to be the answer alone."""
    return (
        answer.rule != SEVERAL and len(choices) > 1 and (answer.close or Sureness.of(answer.confidence).level == "low")
    )


def _in_sight(choices: Sequence[Choice], answer: Answer) -> Sequence[Choice]:
    """Those whose quoted lines are open: of one answer its own, of a pair both, of several answers all."""
    return choices if answer.rule == SEVERAL else choices[: 2 if is_pair(answer, choices) else 1]


def _choices(answer: Answer) -> tuple[Choice, ...]:
    """The contacts by the statements that name them, in their order."""
    sources = {source.number: source for source in answer.sources}
    made = []
    for (why, numbers), named in groupby(answer.contacts, key=lambda contact: (contact.why, contact.sources)):
        own = tuple(sources[number] for number in numbers)
        quotes = tuple(_quotes(own))
        made.append(Choice(_parties(named), own, quotes, _why(why, quotes)))
    return tuple(made)


def _quotes(sources: Sequence[Source]) -> Iterable[Quote]:
    """Those of one section together, in the manual's order: the line that introduces a team before what it does."""
    by_section: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        by_section.setdefault((source.place.path, source.place.anchor), []).append(source)
    for own in by_section.values():
        lines: list[Line] = []
        own.sort(key=lambda source: source.place.first)
        for n, source in enumerate(own):
            if n and source.place.first > own[n - 1].place.last + 1:
                lines.append(GAP)
            lines += lines_of(source)
        yield Quote(tuple(own), tuple(lines))


def _parties(named: Iterable[NamedContact]) -> tuple[Party, ...]:
    by_name: dict[str, list[NamedContact]] = {}
    for contact in named:
        by_name.setdefault((contact.name or contact.address).lower(), []).append(contact)
    return tuple(Party(tuple(contacts)) for contacts in by_name.values())


def lines_of(source: Source) -> tuple[Line, ...]:
    """The quoted lines of a source as they are shown."""
    return shown(source.place.quote, source.place.path, source.place.heads)


def _why(why: str, quotes: Sequence[Quote]) -> str:
    said = _letters(" ".join(line.plain for quote in quotes for line in quote.lines))
    new = [part for part in _matters(why) if _letters(part.removesuffix("…")) not in said]
    return "; ".join(part.rstrip(".") for part in new) if len(new) > 1 else "".join(new)


def _matters(why: str) -> list[str]:
    """What it says for each of the questions that it answers, without the page's title, which stands under the quoted
    lines."""
    parts = _NUMBERED.split(why)[::2]
    return [re.sub(r" \(on “[^”]*”\)$", "", part.removeprefix("the manual says of them: ")) for part in parts if part]


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _pieces(line: Line) -> Iterable[Piece]:
    yield from line.pieces
    for _, pieces in line.cells:
        yield from pieces


def _to_do(answer: Answer) -> list[ToDo]:
    """The steps as they stand in the manual, links and code in them: each with the code below it, and the numbers of
    its sources."""
    sources = {source.number: source for source in answer.sources}
    made = []
    for step in answer.steps:
        lines = [line for number in step.sources for line in lines_of(sources[number])]
        at = next((n for n, line in enumerate(lines) if _letters(line.plain) == _letters(step.text)), None)
        pieces = (Piece(step.text),) if at is None else lines[at].pieces
        below = [] if at is None else list(takewhile(lambda line: line.code, lines[at + 1 :]))
        made.append((pieces, tuple(below), step.sources))
    return made


def _further(answer: Answer, in_sight: set[int]) -> list[tuple[Source, str, tuple[Line, ...]]]:
    """The sources that are folded, each with what it is called: by its heading, or its page's title without one; where
    that is not one's alone, by the thing that is listed for it, else with its lines too."""
    rest = [source for source in answer.sources if source.number not in in_sight]
    names = [source.place.heading or source.place.title for source in answer.sources]
    alone = [item for item in answer.items if len(item.sources) == 1]
    cited = [item.sources[0] for item in alone]
    listed = {item.sources[0]: item.text for item in alone if cited.count(item.sources[0]) == 1}
    made = []
    for source in rest:
        name = source.place.heading or source.place.title
        if names.count(name) > 1:
            name = listed.get(source.number) or f"{name}, {lines_said([source.place])}"
        made.append((source, name, lines_of(source)))
    return made


def _pages(answer: Answer) -> list[tuple[NearPage, NamedContact | None]]:
    """The pages that come nearest and are not cited, each with its contact, if it has one."""
    cited = {source.place.path for source in answer.sources}
    near = [page for page in answer.pages if page.place.path not in cited]
    return [(page, owner(page.place.owner) if page.place.owner else None) for page in near]


def _message(answer: Answer, rungs: Sequence[Step], now: Rung | None, story: Story) -> str:
    """The handover, for whoever has come to the last rung or past it; else empty."""
    passed = [step.rung.who for step in rungs if step.state == "tried"]
    at_end = answer.outcome != "decline" and now in (None, *answer.ladder[-1:])
    if not at_end or not (passed or story.tried or not answer.contacts):
        return ""
    first = [contact.whole for contact in story.found.contacts[:1]]
    return handover(story.asked, story.found, [*first, *story.tried, *passed])


def _steps(ladder: Sequence[Rung], tried: Sequence[str]) -> list[Step]:
    """The rungs in order. Whoever tried one has passed those before it."""
    passed = max((n for n, rung in enumerate(ladder) if rung.who in tried), default=-1)
    return [
        Step(rung, "tried" if n <= passed else "now" if n == passed + 1 else "later", n == passed)
        for n, rung in enumerate(ladder)
    ]


def _said(answer: Answer, now: Rung | None) -> str:
    """What a screen reader says of the card when it appears: a sentence or two."""
    return f"{answer.lead} {_announced(answer, now)}".strip()


def _announced(answer: Answer, now: Rung | None) -> str:
    if answer.outcome == "decline":
        return answer.markdown
    if now and (answer.rule == "next rung" or (answer.ladder and now != answer.ladder[0])):
        return f"Next: {now.who}."
    if now is None and answer.ladder:
        return "Nobody is left on the manual’s list. There is a message to hand over."
    if not answer.contacts:
        return f"The manual names nobody for this. Its order of escalation begins with: {now.who}." if now else NO_ORDER
    choices = _choices(answer)
    if answer.rule == SEVERAL:
        said = (f"{', '.join(map(str, one.questions))}: {one.parties[0].first.whole}" for one in choices)
        return f"Ask {'; '.join(said)}."
    if is_pair(answer, choices):
        return f"Two come close: {' or '.join(choice.parties[0].first.whole for choice in choices[:2])}."
    sure = Sureness.of(answer.confidence).words
    return f"Ask {answer.contacts[0].whole}. {sure} {len(answer.sources)} sources."
