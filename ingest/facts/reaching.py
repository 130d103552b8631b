"""Ways of reaching people that are neither chat nor mail: telephone numbers and on-call schedules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.facts.addresses import Mention
from ingest.facts.lexicon import ASK, PAGERS, nouns, one_of, words
from ingest.facts.names import is_name
from ingest.forms import UPPER
from ingest.manual.markdown import Text
from ingest.values import Contact

PHONE = re.compile(
    r"(?<![\w+/.#=-])(?:\+\d{1,3}[\s.-]?(?:\(\d{1,4}\)[\s.-]?)?\d(?:[\d\s.–-]{5,14})\d|\(\d{3}\)\s?\d{3}[-\s.]\d{4}|"
    r"0\d(?:[\d\s-]{6,12})\d|1?[-\s]?[2-9]\d{2}[-.\s]\d{3}[-.\s]\d{4}|1-\d{3}-\d{3}-\d{4}|(?i:ext(?:ension|\.)?)\s?\d{2,6})(?![\w/-])"
)
"""A number in its international or local form, or an extension."""
_FEWEST = 3
"""Different digits of a number that is no example: "555-555-5555" is one."""
_CALLING = re.compile(
    rf"\b(?:{one_of(words('ways', 'phones'))}|call|calls|calling|phoning|rings?|ringing|dial|text|number|reach|"
    r"contact)\b|☎|📞|\bis on (?=[\d+(])",
    re.IGNORECASE,
)
_NO_CALL = re.compile(r"\b(?:example|e\.g|format|placeholder|reference|invoice|order|ticket|version)\b", re.IGNORECASE)
_TOOL = rf"(?:{PAGERS}|splunk on-call|grafana oncall|incident\.io)"
_SCHEDULE_URL = re.compile(
    r"https?://[\w.-]*(?:pagerduty\.com|opsgenie\.com|victorops\.com)/(?:\S*/)?(?:schedules?|service|team|escalation)",
    re.IGNORECASE,
)
_IN_TOOL = re.compile(
    rf"(?:\b(?:in|on|via|through|with)\s+(?:the\s+)?{_TOOL}\b(?:\s+schedule)?|\s+{_TOOL}\s+schedule\b)", re.IGNORECASE
)
_TOOL_FIRST = re.compile(
    rf"\b{_TOOL}(?:\s+(?:schedule|rota|rotation|service|team))?(?:\s+called)?\s*[:–—-]?\s*$", re.IGNORECASE
)


def phones(text: Text, around: str = "", *, sure: bool = False) -> Iterator[Mention]:
    """Telephone numbers beside words of calling; with `sure`, wherever they stand; and links that dial."""
    for span in text.spans:
        if span.kind == "link" and span.href.lower().startswith("tel:"):
            label, number = " ".join(text.plain[span.start : span.end].split()), span.href[4:].strip()
            named = "" if PHONE.fullmatch(label) else re.sub(r"^(?:the|our)\s+", "", label, flags=re.IGNORECASE)
            yield Mention(Contact("phone", named, label if PHONE.fullmatch(label) else number), span.start, span.end)
    for match in PHONE.finditer(text.plain):
        digits = sum(c.isdigit() for c in match[0])
        extension = match[0][0] in "eE"
        if not extension and (not 7 <= digits <= 15 or len(set(re.sub(r"\D", "", match[0]))) < _FEWEST):
            continue
        near = f"{around} {text.plain[max(0, match.start() - 80) : match.start()]}"
        said = match[0][0] == "+" or _CALLING.search(f"{near} {match[0]}")
        if sure or (said and not _NO_CALL.search(near)):
            yield Mention(Contact("phone", "", " ".join(match[0].split())), match.start(), match.end())

    yield from _short_numbers(text, around)


_AFTER_NUMBER = r"(?=[.,;:)]|\s*$|\s(?:for|if|from|or|and|to|straight|immediately|at once|day)\b)"
_DIALLED = re.compile(rf"\b(?:rings?|dial|call|phone)\s(?P<number>\d{{3,6}}){_AFTER_NUMBER}", re.IGNORECASE)
_ON_NUMBER = re.compile(
    rf"\b(?:{ASK}|reach|report(?:ed)?)\b[^.;:!?\d]{{2,60}}? on "
    rf"(?P<number>(?!19|20)\d{{4,5}}){_AFTER_NUMBER}",
    re.IGNORECASE,
)
_NUMBERS = re.compile(rf"\b(?:{one_of(nouns('ways', 'phones'))}|numbers)\b", re.IGNORECASE)
_LISTED_NUMBER = re.compile(r":\s(?P<number>\d{3,6}|\d-\d{4})\s*$")


def _short_numbers(text: Text, around: str) -> Iterator[Mention]:
    """Numbers of a few digits, as they are dialled within a house and in an emergency."""
    patterns = (_DIALLED, _ON_NUMBER, *([_LISTED_NUMBER] if _NUMBERS.search(around) else []))
    for pattern in patterns:
        for match in pattern.finditer(text.plain):
            yield Mention(Contact("phone", "", match["number"]), *match.span("number"))


_CALLED = re.compile(
    rf"\b(?:in|on|under|page|check|see)\s+(?:the\s+)?(?P<name>[{UPPER}][\w&-]*(?:\s[\w&-]+){{0,4}}?)\s+"
    rf"(?:schedule|rota|rotation|escalation policy)\s+(?:in|on)\s+(?i:{_TOOL})\b"
)
_QUOTED = re.compile(
    rf"\b(?i:{_TOOL})\b[^.;:!?]{{0,30}}?\b(?:under|called|named)\s+[\"“](?P<name>[\w][^\"“”\n]{{2,60}})[\"”]"
)
_BARE = re.compile(rf"\b(?i:{_TOOL})\s(?:schedule|rota|rotation)\s(?P<name>[a-z]\w*(?:[-_]\w+)+)")
"""A schedule by its name in words beside the tool's: "in the Harbour Watch schedule in PagerDuty"."""


def schedules(text: Text) -> Iterator[Mention]:
    """On-call schedules: a link to one, or a name in code, emphasis or words beside the tool's."""
    for pattern in (_CALLED, _QUOTED, _BARE):
        for match in pattern.finditer(text.plain):
            yield Mention(Contact("schedule", "", match["name"]), *match.span("name"))
    for span in text.spans:
        label = " ".join(text.plain[span.start : span.end].split())
        if span.kind == "link" and _SCHEDULE_URL.match(span.href):
            name = label if is_name(label) and not label.startswith("http") else ""
            yield Mention(Contact("schedule", name, span.href), span.start, span.end)
        elif span.kind in ("code", "em", "strong") and re.fullmatch(r"[\w][\w -]{2,60}", label):
            before, after = text.plain[: span.start], text.plain[span.end :]
            if _TOOL_FIRST.search(before) or _IN_TOOL.match(after.lstrip(" *_")):
                yield Mention(Contact("schedule", "", label), span.start, span.end)
