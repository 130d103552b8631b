"""Values into the page's HTML. The one door to Jinja: everything is escaped, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from assistant.values import Answer, NamedContact
from assistant.wording import Piece, shown
from ui.plain import plain

HERE = Path(__file__).resolve().parent
_NUMBER = re.compile(r"\+?(?:[\s().–-]*\d){7,17}")
"""A telephone number: seven digits at least, for an extension can't be dialled from everywhere."""
_LINK = re.compile(r"https?://[^\s<>\"']+|mailto:[^\s<>\"']+", re.IGNORECASE)


class Reached(Protocol):
    """Whoever can be marked in a quote, and linked to: a contact."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """Where a contact's address leads; both empty where it leads nowhere."""

    url: str = ""
    label: str = ""


_LONGEST_WHOLE = 44
"""Characters of an address that is never broken: a longer one fits into no line of a telephone."""


def render(template: str, **values: Any) -> str:
    """The HTML of a template of `templates/`, without characters that turn the direction of text."""
    return plain(_TEMPLATES.get_template(template).render(values))


def static(name: str) -> str:
    """A file of `static/` or `templates/` as it is."""
    folder = "templates" if name.endswith(".html") else "static"
    return (HERE / folder / name).read_text(encoding="utf-8")


def safe_url(url: str) -> str:
    """The URL, when it is one of the web's or of mail; else nothing."""
    return url if _LINK.fullmatch(url) else ""


def contact_link(contact: Reached, slack_url: str, target: str = "") -> Link:
    """A channel opens in the workspace at `slack_url`, an email address in a mail program, a telephone number in a
    telephone, a URL as it is; anything else where the manual links it to (`target`), if it does."""
    address = contact.address
    if address.startswith("#") and safe_url(slack_url):
        return Link(f"{slack_url.rstrip('/')}/app_redirect?channel={quote(address[1:], safe='')}", "Open in Slack")
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", address):
        return Link(f"mailto:{quote(address, safe='@')}", "Write a mail")
    if _NUMBER.fullmatch(address):
        return Link(f"tel:{re.sub(r'[^0-9+]', '', address.replace('(0)', ''))}", "Call")
    url = safe_url(address if "://" in address else target)
    return Link(url, "Open") if url else Link()


def marked(text: str, contacts: Iterable[Reached]) -> Markup:
    """Words of the manual with the contacts in them marked, by address and by name."""
    found = [word for contact in contacts for word in (contact.address, contact.name) if word]
    if not found:
        return escape(text)
    longest_first = sorted(set(found), key=lambda word: (-len(word), word))
    pattern = re.compile(r"(?<![\w-])(" + "|".join(re.escape(word) for word in longest_first) + r")(?![\w-])", re.I)
    return Markup("").join(
        Markup("<mark{}>{}</mark>").format(_whole(part), part) if turn % 2 else escape(part)
        for turn, part in enumerate(pattern.split(text))
    )


def _whole(text: str) -> Markup:
    """What makes a word break nowhere, as `page.css` sets it: as large as its length leaves room for."""
    if " " in text or len(text) > _LONGEST_WHOLE:
        return Markup("")
    return Markup(' class="whole" style="--n: {}"').format(len(text))


def worded(pieces: Iterable[Piece], contacts: Iterable[Reached] = ()) -> Markup:
    """Words of the manual with their links and code, and the contacts in them marked."""
    contacts = list(contacts)
    return Markup("").join(_piece(piece, contacts) for piece in pieces)


def _piece(piece: Piece, contacts: Sequence[Reached]) -> Markup:
    said = marked(piece.text, contacts)
    if piece.kind == "link" and safe_url(piece.href):
        if any(piece.href.removeprefix("mailto:") == contact.address for contact in contacts):
            said = Markup("<mark>{}</mark>").format(piece.text)
        return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(piece.href, said)
    if piece.kind == "code":
        return Markup("<code{}>{}</code>").format(_whole(piece.text), said)
    return Markup("<strong>{}</strong>").format(said) if piece.kind == "strong" else said


def owner(address: str) -> NamedContact:
    """Whoever a page's front matter names, as a contact."""
    return NamedContact("channel", "", address, "", ())


def _contacts_of(number: int, answer: Answer) -> list[Reached]:
    """The contacts that cite a source."""
    return [contact for contact in answer.contacts if number in contact.sources]


def capital(text: str) -> str:
    """A role as a heading shows it: “the Technical Lead” begins with a capital, an address never does."""
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return text[:1].upper() + text[1:] if first.isalpha() else text


def _shown(contact: Any) -> str:
    """The name, or the address without one; what is named by common words ("the infrastructure team") as a heading."""
    described = contact.kind == "role" or (contact.kind == "team" and " " in contact.name and contact.name.islower())
    return capital(contact.name) if described else contact.name or contact.address


_MEDIA = {"queue": "Ticket in the queue", "phone": "Phone", "email": "Email", "schedule": "On call"}


def _medium(contact: Any) -> str:
    """What an address is, where one does not see it."""
    if _NUMBER.fullmatch(contact.address):
        return "Phone"
    return "Email" if "@" in contact.address[1:] and ":" not in contact.address else _MEDIA.get(contact.kind, "")


def _brief_url(address: str) -> str:
    """A link's address without what every link begins with."""
    return re.sub(r"^https?://(?:www\.)?", "", address)


def _other_than(heading: str, title: str) -> bool:
    """Whether a heading says more than its page's title: an emoji or a full stop is no more."""
    return bool(heading) and re.findall(r"\w+", heading.casefold()) != re.findall(r"\w+", title.casefold())


def lines_said(spots: Sequence[Any]) -> str:
    """ "line 4", "lines 4 to 7", "lines 4 and 7 to 9"."""
    said = [f"{spot.first}" if spot.first == spot.last else f"{spot.first} to {spot.last}" for spot in spots]
    one = len(spots) == 1 and spots[0].first == spots[0].last
    return f"{'line' if one else 'lines'} {', '.join(said[:-1])}{' and ' if said[1:] else ''}{said[-1]}"


def _day(updated: str) -> str:
    """An ISO 8601 date as people write it; as it stands where it is none."""
    try:
        day = date.fromisoformat(updated[:10])
    except ValueError:
        return updated
    return f"{day.day} {day:%B %Y}"


_FILTERS: Mapping[str, Any] = {
    "safe_url": safe_url,
    "contact_link": contact_link,
    "owner": owner,
    "shown_lines": lambda spot: shown(spot.quote, spot.path, spot.heads),
    "worded": worded,
    "medium": _medium,
    "other_than": _other_than,
    "brief_url": _brief_url,
    "contacts_of": _contacts_of,
    "capital": capital,
    "shown": _shown,
    "lines": lines_said,
    "day": _day,
}
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(_FILTERS)
