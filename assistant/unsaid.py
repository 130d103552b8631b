"""No contact without a line that states it: what is shown repeats no address that the cited lines do not have.

An address of the reader's own, from an earlier turn, is not even repeated as their words: whoever reads the answer in
somebody else's conversation, or the message that is handed over, would take it for one of the manual's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from assistant.values import NamedContact, Source
from ingest.manual.plain_text import stated

_LEFT_OUT = "…"
_ADDRESS = re.compile(
    r"[\w.+%-]*@[^\s“”\"'<>()\[\]]+"  # a mail address, a handle
    r"|(?<![\w&])[#~!][\w-][^\s“”\"'<>()\[\],;]*"  # a channel
    r"|\b[a-z][a-z0-9+.-]*:[^\s“”]+"  # a link of any kind, a number to be called
    r"|(?<![\w.@])(?:[\w-]+\.)+[^\W\d_]{2,}(?!\w)[^\s“”\"'<>()\[\]]*"  # a host, with what follows
    r"|(?<!\w)(?!\d{4}-\d\d-\d\d\b)\+?\(?\d(?:[\s().-]?\d){5,}",  # a telephone number, and no date
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}[.,;:!?]?")


def without_addresses(text: str, instead: str, *, hosts: bool = True) -> str:
    """The text with something else for each address, or what may be taken for one, however it is written. Without
    `hosts`, a bare name such as docs.rs stays: many a tool or a page is called so."""
    return _ADDRESS.sub(lambda found: found[0] if not hosts and _HOST.fullmatch(found[0]) else instead, plainly(text))


def plainly(text: str) -> str:
    """The text in the letters that the eye reads, without characters that nobody sees."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


class Said:
    """What the sources of an answer state, and the addresses of its contacts, which facts have proven."""

    def __init__(self, sources: Sequence[Source], contacts: Iterable[NamedContact]) -> None:
        self._sources = sources
        self._shown = [contact.shown for contact in contacts]
        self._text: str | None = None

    def only(self, text: str) -> str:
        """The text with dots for each address, or what may be taken for one, that none of them states."""
        return _ADDRESS.sub(self._kept, text)

    def only_of_reader(self, text: str) -> str:
        """The same for words of the reader's, in which an address may be written so that only the eye reads it."""
        return self.only(plainly(text))

    def _kept(self, match: re.Match[str]) -> str:
        address = match[0].rstrip(".,;:!?")
        return match[0] if self._states(address.lower()) else _LEFT_OUT + match[0][len(address) :]

    def _states(self, address: str) -> bool:
        """Whether it stands there whole, and not as the beginning or the end of a longer one."""
        if self._text is None:  # few answers show one
            places = [source.place for source in self._sources]
            written = (f"{p.quote}\n{stated(p.quote)}\n{p.owner}\n{p.path}\n{p.title}\n{p.heading}" for p in places)
            self._text = "\n".join((*written, *self._shown)).lower()
        return re.search(rf"(?<![\w@.-]){re.escape(address)}(?![\w@-]|[./]\w)", self._text) is not None
