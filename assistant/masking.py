"""Personal data and secrets, taken out of what people type before it is kept.

Our own few patterns, and no library: those for telephone numbers need to be told a country, and scanners for secrets
are made for files of code, where a channel's or a queue's name may well look like a secret.

Handles such as @platform-oncall stay: most name a group, and whom to ask is what the questions are about. So do
the names of persons, which no pattern tells from those of teams.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address

from assistant.phrases import SECRET

EMAIL, PHONE, TOKEN, NUMBER = "[email]", "[phone]", "[token]", "[number]"

Mask = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
"""What is taken out, and what stands for it."""

_I = re.IGNORECASE


def masked(text: str) -> str:
    """`text` with [email], [phone], [token] and [number] for what should not be kept; masking twice changes nothing."""
    while (after := _once(text)) != text:
        text = after
    return text


def _once(text: str) -> str:
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def _if_random(found: re.Match[str]) -> str:
    return TOKEN if _is_random(found.group()) else found.group()


def _is_random(run: str) -> bool:
    """Whether no person would write it: digits strewn all over, or both cases with hardly a word among them.

    Class names and hyphenated names are made of words, and paths of short pieces, however long they are.
    """
    if run.isalnum() and len(re.findall(r"[0-9]+", run)) >= 4:
        return True
    mixed = all(re.search(kind, run) for kind in ("[a-z]", "[A-Z]", "[A-Za-z0-9]{12}"))
    in_words = sum(len(word) for word in re.findall(r"[a-z]{4,}", run)) / len(run)
    return mixed and in_words < (0.4 if re.search("[0-9]", run) else 0.3)


def _if_address(found: re.Match[str]) -> str:
    """[number] for an IP address; times, versions and Ruby's `::` are none."""
    try:
        ip_address(found.group())
    except ValueError:
        return found.group()
    return NUMBER


# In all that follows, a repetition is bounded or cannot begin in the middle of what it repeats: the time grows with
# the length of the text and no faster, whatever the text.

_VALUE = r"(?!\[token\])(?:\"[^\"\n]+\"|'[^'\n]+'|[^\s\"':=]\S*)"
_GOES_ON = (
    r"(?:who|whom|whose|what|which|where|when|how|why|can|could|do|does|did|is|are|was|will|would|should|may|must|"
    r"the|an?|my|our|your|we|you|they|it|i|if|in|on|for|to|and|or|not|no|any|please|need|needs|ask)\b"
)
"""Words with which a sentence goes on after a colon, and no password begins."""

_NAMED_SECRETS: tuple[Mask, ...] = (
    (re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,60}-----|\Z)", re.S), TOKEN),
    # https://user:password@host
    (re.compile(r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,20}://)[^\s/?#]{1,300}@", _I), rf"\1{TOKEN}@"),
    (
        re.compile(
            r"\b(authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:basic|bearer|digest|token|apikey)\s{1,3})[^\s\"']{4,}",
            _I,
        ),
        rf"\1{TOKEN}",
    ),
    (re.compile(r"\b(bearer\s{1,3})(?=[^\s\d]{0,80}\d)[\w.~+/=-]{8,}", _I), rf"\1{TOKEN}"),
    # DB_PASSWORD=…
    (re.compile(rf"({SECRET}[\"']?\s{{0,3}}(?:=>|:=|=)\s{{0,3}}){_VALUE}", _I), rf"\1{TOKEN}"),
    # "token": …
    (re.compile(rf"({SECRET}(?<!s)[\"']?\s{{0,3}}:\s{{0,3}})(?!{_GOES_ON}){_VALUE}", _I), rf"\1{TOKEN}"),
    # my password is …
    (
        re.compile(rf"({SECRET}(?<!s)\s{{1,3}}(?:is|was)\s{{1,3}})(?=[^\s\d!$%^&*~]{{0,80}}[\d!$%^&*~])\S{{6,}}", _I),
        rf"\1{TOKEN}",
    ),
)

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SHAPES = (
    r"A(?:KIA|SIA|ROA|IDA|BIA|CCA)[A-Z0-9]{12,}",  # Amazon Web Services
    r"gh[pousr]_[A-Za-z0-9]{16,}",
    r"github_pat_\w{16,}",
    r"glpat-[\w-]{16,}",
    r"xox[a-z]-[\w-]{8,}",  # Slack, and its addresses for posting
    r"xapp-[\w-]{8,}",
    r"(?<=hooks\.slack\.com/services/)[\w/]{16,}",
    r"[spr]k_(?:live|test)_\w{8,}",  # Stripe
    r"sk-(?=[\w-]{0,80}\d)[\w-]{20,}",  # OpenAI
    r"AIza[\w-]{30,}",  # Google
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{30,}",
    r"SG\.[\w-]{16,100}\.[\w-]{16,}",  # SendGrid
    r"eyJ[\w-]{6,300}\.[\w-]{4,}(?:\.[\w-]+)?",  # a JSON Web Token
    rf"{_UUID}-{_UUID}",  # GOV.UK Notify
)

_SHAPED_SECRETS: tuple[Mask, ...] = (
    (re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_SHAPES)})"), TOKEN),
    (re.compile(r"(?<![a-z0-9])(?=[0-9]{0,31}[a-f])[0-9a-f]{32,}(?![a-z0-9])", _I), TOKEN),
    (re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_=-]{24,}"), _if_random),
    (re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{24,}"), _if_random),
)

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAILS: tuple[Mask, ...] = (
    (re.compile(rf"(?<!{_LOCAL}){_LOCAL}++@[\w-]+(?:\.[\w-]+)*\.(?:[^\W\d_]{{2,}}|xn--[\w-]+)(?!\w)"), EMAIL),
)

_NUMBERS: tuple[Mask, ...] = (
    # National Insurance
    (re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}(?:[ -]?\d{2}){3}[ -]?[A-D](?![A-Za-z0-9])"), NUMBER),
    (re.compile(r"(?<![a-z0-9])[a-z]{2}\d{6}[a-d](?![a-z0-9])", _I), NUMBER),
    # IBAN, then payment cards
    (re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"), NUMBER),
    (re.compile(r"(?<!\d)(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5})(?!\d)"), NUMBER),
    # +44 20 …, 0044 20 …
    (re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[ .()-]{0,2}\d){6,13}(?!\d)"), PHONE),
    # 020 7946 0958; a date may begin with 0, too
    (
        re.compile(r"(?<![\w+])(?<!\d[.-])(?!\d\d?([.-])\d\d?\1(?:19|20)\d\d(?!\d))\(?0(?:[ .()-]{0,2}\d){8,10}(?!\d)"),
        PHONE,
    ),
    # (555) 123-4567
    (re.compile(r"(?<!\w)(?<!\d[.-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?!\d)"), PHONE),
    # 10.1.2.3, unlike Rails 7.0.4.3; 2001:db8::1
    (re.compile(r"(?<![\w.])[1-9]\d{1,2}(?:\.\d{1,3}){3}(?![\w.]*\d)"), _if_address),
    (re.compile(r"(?<![\w:])(?=[a-f:]{0,20}\d)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,8}(?![\w:])", _I), _if_address),
    # Longer than any ticket's, unless it is a moment such as 20240131120000
    (
        re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})(?!\d))\d{9,}"),
        NUMBER,
    ),
)

_MASKS = (*_NAMED_SECRETS, *_SHAPED_SECRETS, *_EMAILS, *_NUMBERS)
"""In the order in which they are tried: what is called a secret before what only looks like one."""
