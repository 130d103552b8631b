"""The words by which people ask, as pieces of patterns: all of them stand in the lexicon that manuals are read by."""

from __future__ import annotations

from ingest.facts.lexicon import (
    QUEUEING,
    TALK_TO,
    TICKETING,
    forms,
    nouns,
    one_of,
    past,
    plain,
    plural,
    third,
    typed,
    words,
)

SOUGHT = typed(words("asked", "sought"))
"""Whom or what one turns to: "team", "channel"."""
_WHO = rf"(?:(?:which|what) {SOUGHT}|which {typed(plain('@people.teams(s) @people.roles(s)'))})"
ASKS = rf"(?:who(?:m|se)?\b|{_WHO}\b|where (?:do|can|should) (?:i|we)\b)"
"""How a question for somebody begins."""
DOES = rf"(?:who|{_WHO})(?: (?:do|does|will|would|should|\w+ly|now|also|else))* "
"""Before a verb of whoever is asked for: "who currently", "which team should"."""
MAY = rf"(?:who|{_WHO})(?: (?:can|could|may|must|(?:has|have|needs?|gets?) to|is (?:able|allowed) to|\w+ly))+ "
"""The same for what they are able to do or have to: "who can"."""
TURN_TO = (
    rf"(?:{typed(plain('@asked.telling @asked.paging ring mail'))}|{TALK_TO}|reach|escalate to|"
    rf"go to|get (?:hold of|in touch with)|check with|post in|raise(?: it| this)? with)"
)
"""A verb of turning to somebody: "ask", "get hold of"."""
TURN_TO_SURELY = rf"(?:{typed(words('asked', 'telling') - words('asked', 'telling', 'noun'))}|{TALK_TO}|get hold of)"
"""The same without what are nouns too."""
TELLS = typed({*plain("@asked.telling @asked.informing")} - {"approach", "dm"})
"""A verb of telling somebody, as a statement has it; its "approach" is how a thing is done, and its "DM" somebody."""
TURNED_TO = (
    rf"(?:{typed(past(verb) for verb in words('asked', 'telling'))}|(?:spoken?|talked|reached|been|went|gone|escalated)"
    r"(?: out)? (?:to|with)|(?:raised (?:it )?|checked )with)"
)
"""The same as it was done."""
HAS = typed(forms(words("keeping", "having")))
"""What whoever has a thing does: "owns", "look after"."""
HOLDS = typed(third(verb) for verb in words("keeping", "having"))
HAD = typed(past(verb) for verb in words("keeping", "having"))
"""What is done with it: "owned"."""
LETS = typed(forms(words("deciding", "verbs", "told")))
"""What is said of whoever lets others do what they want to: "approves", "sign off"."""
APPROVES = rf"(?:approv\w*|authori[sz]\w+|permission|agree\w*|{LETS})"
"""How a statement says so."""
LETS_TOO = typed(
    forms(words("deciding", "verbs") - words("deciding", "verbs", "told") - words("deciding", "verbs", "done"))
    | {form for verb in words("deciding", "verbs", "done") for form in (third(verb), past(verb))}
)
"""The same, with what is said of other things as well: "clears"."""
DOES_FOR = typed(plain("@keeping.care @keeping.having @deciding.verbs:told"))
"""All that somebody does who has a thing in hand, as a question with "does" has it."""
ASSENT = typed(words("obtained", "assent"))
ASSENT_ONLY = typed(words("obtained", "assent", "only"))
ALERT = typed(words("alerts", "nouns"))
ALERTED = typed(plain("@alerts.nouns @alerts.done"))
URGENT = typed(words("urgent", "words"))
PAGERS = frozenset(program.lower() for program in words("ways", "pagers"))
HOURS_DUTY = typed(PAGERS.union(plain("@hours.words @hours.dark @urgent.duty")))
"""All that is said of work when others sleep."""
HOURS = typed(words("hours", "words"))
DARK = typed(words("hours", "dark"))
_NAMED = words("things", "documents", "named")
PAGE = rf"(?:{typed({*plain('@things.documents @things.documents:many(s)')} - _NAMED)}|{one_of(_NAMED)})"
PAGE_OF_ANY = typed(nouns("things", "documents") - nouns("things", "documents", "named"))
"""The same in both numbers, without what is a part of a page's name."""
ALL_PAGES = typed(plain("@things.documents(s) @things.pages(s)"))
BOOK = one_of(words("things", "books"))
"""What the whole of a manual is called."""
FAULT = typed(nouns("things", "faults"))
PEOPLE = typed(plain("@people.members(s) @people.roles:plain(s)"))
SOFTWARE = typed(plain("@things.software(s) @things.programs(s)"))
PROGRAM = typed(plain("@things.programs @things.programs:many(s)"))
ADDRESS = typed(words("ways", "wanted"))
"""What one asks for to reach somebody: "number"."""
PLACES = typed(words("asked", "sought", "place") | words("ways", "wanted"))
"""Where one goes to or writes to: "room", "number"."""
TICKETS = rf"(?:{QUEUEING}|{TICKETING})"
SECRET = rf"(?:{typed(nouns('things', 'secrets'))}|{typed(words('things', 'keys'))}[_ -]?keys?)"
"""What only those may know who are let in: "password", "API key"; DB_PASSWORD and the like end in one of these."""


def any_form(text: str) -> frozenset[str]:
    """The words of a list as the lexicon writes them ("@asked.core @keeping.care"), in all forms."""
    said = frozenset(plain(text))
    return said | forms(said) | frozenset(map(plural, said))
