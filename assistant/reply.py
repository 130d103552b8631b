"""The answer as a person reads it, in Markdown: whom and where first, then why, what to do, what if that fails.

The manual's text and the question are untrusted: words of theirs stand escaped in sentences, or fenced when quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.values import Item, NamedContact, NearPage, Rung, Source, Step
from ingest.values import Place

_MARKS = re.compile(r"([\\`*_\[\]<>|~$&]|^#)")


def plain(text: str) -> str:
    """Text as Markdown that shows exactly these characters, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Text as a code span, whatever backticks it holds."""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{' '.join(text.split())}{pad}{fence}"


def answered(
    contacts: Sequence[NamedContact],
    steps: Sequence[Step],
    items: Sequence[Item],
    ladder: Sequence[Rung],
    sources: Sequence[Source],
    notes: Sequence[str],
    lead: str = "",
    *,
    several: bool = False,
) -> str:
    """The reply when the manual names somebody."""
    first, *others = contacts
    parts = [plain(lead)] if lead else []
    parts += [
        f"**Whom to ask: {_whom(first)}** {_marks(first.sources)}",
        *_unreached(contacts, first, sources),
        f"Why: {plain(first.why)} {_marks(first.sources)}",
    ]
    if several:
        parts = [plain(lead), *(f"**{_whom(c)}** {_marks(c.sources)}: {plain(c.why)}" for c in contacts)]
    else:
        parts += _others(others, first)
    if items:
        parts.append(
            "**All that the manual says of this**\n"
            + "\n".join(f"- {plain(i.text)} {_marks(i.sources)}" for i in items)
        )
    if steps:
        numbered = (f"{n}. {plain(s.text)} {_marks(s.sources)}" for n, s in enumerate(steps, 1))
        parts.append("**What to do**\n" + "\n".join(numbered))
    parts += _below(ladder, "If that does not work", sources, notes)
    return "\n\n".join(parts)


def _unreached(contacts: Sequence[NamedContact], first: NamedContact, sources: Sequence[Source]) -> Iterator[str]:
    """What else there is where the manual gives no address for the first contact."""
    if any(contact.address for contact in contacts if contact.name == first.name):
        return
    place = next(source.place for source in sources if source.number in first.sources)
    yield f"The manual gives no channel for them. What it gives is the page {_page(place)}."


def _page(place: Place) -> str:
    """A page as a link, with whoever keeps it."""
    name = f"[{plain(place.title)}]({_safe(place.url)})" if place.url else plain(place.title)
    return f"{name}{f', which {code(place.owner)} keeps' if place.owner else ''}"


def _others(others: Sequence[NamedContact], first: NamedContact) -> Iterator[str]:
    """Further contacts: those of the same statement on one line, those of other statements with what they are for."""
    for (why, sources), group in groupby(others, key=lambda contact: (contact.why, contact.sources)):
        whom = " or ".join(_whom(contact) for contact in group)
        if why == first.why:
            yield f"Named beside them: {whom} {_marks(sources)}"
        else:
            matter = re.sub(r" \(on “[^”]*”\)$", "", why.removeprefix("the manual says of them: "))
            yield f"Or, for “{plain(matter)}”: {whom} {_marks(sources)}"


_LAST_RESORT = "For what has no place of its own it names"


def escalated(
    ladder: Sequence[Rung],
    sources: Sequence[Source],
    notes: Sequence[str],
    tried: int,
    pages: Sequence[NearPage],
    lead: str = "",
) -> str:
    """The reply to a matter for the manual where nobody is named for it, or where they were tried already."""
    if not ladder:
        parts = ["The manual names nobody for this, and it states no escalation order."]
    elif tried:
        first = ladder[0]
        parts = [f"**Next: {plain(first.who)}** {_marks(first.sources)}"]
        if len(ladder) > 1:
            parts.append("After that:\n" + _rungs(ladder[1:]))
    else:
        whom = "Its own order for what you and your colleagues can't solve" if len(ladder) > 1 else _LAST_RESORT
        parts = [f"The manual names nobody for exactly this. {whom}:", _rungs(ladder)]
    if lead:
        parts.insert(0, plain(lead))
    if pages and not tried:
        parts.append("Pages that come nearest:\n" + "\n".join(f"- {_page(page.place)}" for page in pages))
    parts += _below((), "", sources, notes)
    return "\n\n".join(parts)


def noted(note: str) -> str:
    """A note as the reply shows it."""
    return f"Note: {plain(note)}"


def _below(ladder: Sequence[Rung], title: str, sources: Sequence[Source], notes: Sequence[str]) -> Iterator[str]:
    if ladder:
        yield f"**{title}:** " + ", then ".join(f"{plain(r.who)} {_marks(r.sources)}" for r in ladder)
    yield from map(noted, notes)
    if sources:
        yield "**Sources**"
        yield "\n\n".join(_source(source) for source in sources)


def _rungs(ladder: Sequence[Rung]) -> str:
    return "\n".join(f"{r.rung}. {plain(r.who)} {_marks(r.sources)}" for r in ladder)


def _whom(contact: NamedContact) -> str:
    if not contact.address:
        return plain(contact.name)
    where = _where(contact)
    return f"{plain(contact.name)}, {where}" if contact.name else re.sub("^(?:in|at|with) ", "", where)


def _where(contact: NamedContact) -> str:
    address = code(contact.address)
    if contact.kind == "queue":
        return f"with a ticket in the queue {address}"
    if contact.address.startswith("#"):
        return f"in {address}"
    return f"at {address}" if "@" in contact.address or "://" in contact.address else f"in {address}"


def _marks(numbers: Sequence[int]) -> str:
    return "".join(f"[{n}]" for n in numbers)


def _source(source: Source) -> str:
    place = source.place
    title = plain(place.title) + (
        f" › {plain(place.heading)}" if place.heading and place.heading != place.title else ""
    )
    link = f"[{title}]({_safe(place.url)})" if place.url else title
    lines = f"line {place.first}" if place.first == place.last else f"lines {place.first} to {place.last}"
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", place.quote)), default=0) + 1)
    return f"[{source.number}] {link} ({code(place.path)}, {lines})\n\n{fence}text\n{place.quote}\n{fence}"


def _safe(url: str) -> str:
    """A link target that cannot end the Markdown link or run a script."""
    if re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", url, re.IGNORECASE):
        return ""
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
