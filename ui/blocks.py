"""The card in Slack's Block Kit: the same things in the same order as on the page.

Limits are Slack's (docs.slack.dev, "Blocks"): 50 blocks a message, 3,000 characters a text, 75 a button's label.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.values import NamedContact, NearPage
from assistant.wording import Piece
from ui.card import NO_ORDER, Choice, Layout, Step
from ui.mrkdwn import cited, escaped, link, quoted, words
from ui.plain import plain
from ui.render import capital, contact_link

MOST_BLOCKS = 50
LONGEST_TEXT = 3000
"""Characters of one text, after escaping."""
LONGEST_LINE = 480
"""Characters of one line before escaping, which makes five of one at most."""
MOST_PARTS = 10
"""Questions asked at once that get a part of their own."""
MOST_RUNGS = 12
"""Rungs with a button each; those after them are named."""
MOST_QUOTES = 3
"""Sections that are quoted for one statement."""
MOST_ITEMS = 12
MOST_STEPS = 8

TRIED, UNTRIED, HELPED, NO_HELP = "tried", "untried", "helped", "no-help"
"""What the buttons and the menu are called where they are pressed."""
Block = dict[str, Any]
_MARK = "whodoiask"


@dataclass(frozen=True, slots=True)
class State:
    """What a card must know when one of its buttons is pressed; it travels in the name of the card's first block and is
    kept nowhere else."""

    asked: str
    """The `ts` of the message that holds the question."""
    by: str
    """The id of the user who asked."""
    tried: tuple[int, ...] = ()
    """The rungs that were tried, by number."""
    rated: Literal["", "yes", "no"] = ""

    def to_name(self) -> str:
        """At most 255 characters: rungs beyond that are left out, and those before the last count as tried anyway."""
        tried = ",".join(map(str, self.tried[-MOST_RUNGS:]))
        return f"{_MARK}/{self.asked}/{self.by}/{tried}/{self.rated}"

    @staticmethod
    def of(message: Any) -> State | None:
        """The state of a card among Slack's messages; None where it is no card."""
        blocks = message.get("blocks") if isinstance(message, dict) else None
        first = blocks[0] if isinstance(blocks, list) and blocks else None
        parts = str(first.get("block_id", "")).split("/") if isinstance(first, dict) else []
        if len(parts) != 5 or parts[0] != _MARK:
            return None
        rated = parts[4] if parts[4] in ("yes", "no") else ""
        return State(parts[1], parts[2], tuple(int(n) for n in parts[3].split(",") if n.isdecimal()), rated)  # type: ignore[arg-type]

    def after(self, action: str, value: str) -> State:
        """The state when a button of this name and value was pressed."""
        number = int(value) if value.isdecimal() else 0
        if action == TRIED:
            return replace(self, tried=tuple(sorted({*self.tried, number})))
        if action == UNTRIED:
            return replace(self, tried=tuple(n for n in self.tried if n < number))
        return replace(self, rated="yes" if action == HELPED else "no")


def blocks(
    layout: Layout, state: State, *, slack_url: str, reasons: Sequence[str] = (), thanks: str = ""
) -> list[Block]:
    """The card. `reasons` ask whether it helped when given; `thanks` stand there when somebody has said."""
    foot: list[Block] = []
    if thanks:
        foot = [_context(escaped(thanks))]
    elif reasons:
        foot = [_rating(reasons)]
    body = [*_named(layout, slack_url), *_below(layout)][: MOST_BLOCKS - len(foot)]
    body[0]["block_id"] = state.to_name()
    return [*body, *foot]


def _named(layout: Layout, slack_url: str) -> Iterator[Block]:
    """Whom, where, how sure, and the lines that say so."""
    answer = layout.answer
    if before := [f"_{_short(note)}_" for note in layout.assumed] + ([_short(answer.lead)] if answer.lead else []):
        yield _section(before)
    if layout.parts:
        yield from _parts(layout, slack_url)
    elif layout.choices:
        yield from _chosen(layout, slack_url)
    elif answer.outcome == "decline":
        yield _section(_short(line) for line in answer.markdown.split("\n") if line.strip())
    elif not answer.ladder:
        yield _section([f"*{NO_ORDER}*"])
    elif layout.next_is_asked:
        who = capital(layout.now.who) if layout.now else "Everybody on the manual’s list was tried"
        yield _section(["Next in the manual’s order of escalation:", f"*{_short(who)}*"])
    else:
        yield _section(["*The manual names nobody for this.*", "It has an order for what you cannot solve yourselves:"])
    if answer.items:
        more = len(answer.items) - MOST_ITEMS
        yield _section(
            [
                f"*The manual lists {len(answer.items)}*",
                *(f"• {_short(item.text)}" for item in answer.items[:MOST_ITEMS]),
                *([f"and {more} more"] if more > 0 else []),
            ]
        )
    if layout.cautions:
        yield _section(f":warning: *Take care.* {_short(caution)}" for caution in layout.cautions)


def _chosen(layout: Layout, slack_url: str) -> Iterator[Block]:
    side_by_side = layout.choices[: 2 if layout.pair else 1]
    if layout.pair:
        yield _section(["*Two come close. Read what each is for.*"])
    for choice in side_by_side:
        yield from _choice(choice, slack_url)
        if not layout.pair:
            yield _context(f"{layout.sure.dots} {layout.sure.words}")
        yield from _quotes(choice)
    if layout.pair:
        yield _context("●○○ Neither is certain: the quoted lines say which of them is meant.")
    if rest := layout.choices[len(side_by_side) :]:
        yield _section(
            [
                "*Or, if it is rather this*",
                *(f"• For “{_short(each.matter)}”: {_who(each, slack_url)}" for each in rest),
            ]
        )


def _parts(layout: Layout, slack_url: str) -> Iterator[Block]:
    for n, part in enumerate(layout.parts[:MOST_PARTS]):
        yield _section(f"*{number}. {_short(capital(question))}*" for number, question in part.asked)
        if part.choice is None:
            yield _section(["The manual names nobody for this."])
            continue
        yield from _choice(part.choice, slack_url)
        if n == 0:
            yield _context(f"{layout.sure.dots} {layout.sure.words}")
        yield from _quotes(part.choice, most=1)
    if (more := len(layout.parts) - MOST_PARTS) > 0:
        yield _section([f"{more} more were asked: ask those on their own."])


def _choice(choice: Choice, slack_url: str) -> Iterator[Block]:
    why = [_short(capital(choice.why))] if choice.why else []
    yield _section([f"Ask {_who(choice, slack_url)}", *why])


def _who(choice: Choice, slack_url: str) -> str:
    """Everybody whom the statement names, with every address that it gives for them."""
    return " or ".join(
        " ".join(
            [
                *([f"*{_short(capital(party.first.name))}*"] if party.first.name else []),
                *(
                    _address(contact, slack_url, choice.target(contact))
                    for contact in party.contacts
                    if contact.address
                ),
                *([] if party.reached else ["(the manual gives no channel for them)"]),
            ]
        )
        for party in choice.parties
    )


def _address(contact: NamedContact, slack_url: str, target: str = "") -> str:
    """As a link where there is one; else as code, so that it can be copied as the manual writes it."""
    url = contact_link(contact, slack_url, target).url
    if url:
        return link(contact.address, url)
    return _short(contact.address) if "`" in contact.address else f"`{_short(contact.address)}`"


def _quotes(choice: Choice, most: int = MOST_QUOTES) -> Iterator[Block]:
    for quote in choice.quotes[:most]:
        lines = (f"> {_short(words(line))}" for line in quote.lines)
        yield _section(lines, last=f"> {cited(quote.sources[0])}")


def _below(layout: Layout) -> Iterator[Block]:
    """What to do, the order of escalation, a message to hand over, and the pages that come nearest."""
    if layout.steps:
        more = len(layout.steps) - MOST_STEPS
        yield _section(
            [
                "*What to do*",
                *(f"{n}. {_step(pieces)}" for n, (pieces, _, _) in enumerate(layout.steps[:MOST_STEPS], 1)),
                *([f"and {more} more: see the page"] if more > 0 else []),
            ]
        )
    if layout.rungs:
        yield _section(["*If that does not work, in this order*" if layout.choices else "*The order of escalation*"])
        yield from _order(layout.rungs)
        if not layout.choices:
            cites = {number for step in layout.rungs for number in step.rung.sources}
            says_so = next((source for source in layout.answer.sources if source.number in cites), None)
            yield from [_section(quoted_lines)] if says_so and (quoted_lines := _shortly(quoted(says_so))) else []
    if layout.message:
        message = layout.message.replace("```", "'''")
        yield _section(["*A message to hand over*", "```", *(_short(line) for line in message.split("\n"))], last="```")
    if layout.pages and not layout.choices:
        yield _section(["*Pages that come nearest*", *(_near(page, owner) for page, owner in layout.pages)])


def _step(pieces: Iterable[Piece]) -> str:
    return _short("".join(piece.text for piece in pieces))


def _order(rungs: Sequence[Step]) -> Iterator[Block]:
    """The rungs, from the last one tried on where there are many."""
    begin = max(0, sum(step.state == "tried" for step in rungs) - 1) if len(rungs) > MOST_RUNGS else 0
    for step in rungs[begin : begin + MOST_RUNGS]:
        who = f"{step.rung.rung}. {_short(capital(step.rung.who))}"
        number = str(step.rung.rung)
        if step.state != "tried":
            said = f"*{who}*" if step.state == "now" else who
            yield {**_section([said]), "accessory": _button("I’ve tried this", TRIED, number)}
        elif step.last:
            yield {**_section([f"{who} – tried"]), "accessory": _button("Undo", UNTRIED, number)}
        else:
            yield _section([f"{who} – tried"])
    if rest := rungs[begin + MOST_RUNGS :]:
        yield _section([f"then {'; '.join(_short(step.rung.who) for step in rest[:3])}{' …' if len(rest) > 3 else ''}"])


def _near(page: NearPage, owner: NamedContact | None) -> str:
    kept = f" (kept by {_address(owner, '')})" if owner else ""
    return f"• {link(_cut(page.place.title), page.place.url)}{kept}"


def _rating(reasons: Sequence[str]) -> Block:
    options = [{"text": _plain_text(reason), "value": reason[:75]} for reason in reasons]
    menu = {
        "type": "static_select",
        "action_id": NO_HELP,
        "placeholder": _plain_text("That did not help: why?"),
        "options": options,
    }
    return {"type": "actions", "elements": [_button("That helped", HELPED, "yes"), menu]}


def _button(label: str, name: str, value: str) -> Block:
    return {"type": "button", "action_id": name, "text": _plain_text(label), "value": value}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text[:75]}


def _section(lines: Iterable[str], last: str = "") -> Block:
    return {"type": "section", "text": _text(fitted(lines, last))}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_text(text)]}


def _text(said: str) -> Block:
    """Verbatim: words that look like a channel or a mention stay words."""
    return {"type": "mrkdwn", "text": said, "verbatim": True}


def fitted(lines: Iterable[str], last: str = "") -> str:
    """As many of the lines, which are escaped, as a text has room for, and the `last` in any case: a text that was cut
    anywhere else might end within a link or an escaped character."""
    room = LONGEST_TEXT - len(last) - len("\n…\n")
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join([*kept, *([last] if last else [])]) or "…"


def _shortly(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if len(line) < LONGEST_TEXT]


def _short(text: str) -> str:
    """A line of somebody's words, escaped; one that is too long ends with an ellipsis."""
    return escaped(_cut(text))


def _cut(text: str) -> str:
    line = " ".join(plain(text).split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
