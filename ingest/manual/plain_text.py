"""Text as a reader means it: the one normaliser that text goes through before anything is looked for in it.

A quote is the file's own text, so what is proven by one is looked for in the quote made plain the same way (`stated`).
"""

from __future__ import annotations

import html
import re

from ingest.facts.lexicon import TELL

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_HYPHENS = re.compile("(?<=\\w)[\u2010\u2011\ufe63\uff0d](?=\\w)")
_ADDRESS_HYPHENS = re.compile("(?:[#@][\\w.-]*|(?<![\\w.+-])[\\w.+-]+@[\\w.-]*)(?:[\u2012\u2013\u2212][\\w.-]+)+")
_EMOJI = re.compile(r"(?<![\w:/]):(?=[a-z0-9_+-]*[a-z])[a-z0-9_+-]{2,40}:(?![\w:/])[ \t]?")
_SPELLED = re.compile(
    r"(?<![\w.+-])([\w.+-]+)\s*[\[({<]\s*at\s*[\])}>]\s*"
    r"([\w-]+(?:(?:\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*|\.|\s+dot\s+)[\w-]+)+)",
    re.IGNORECASE,
)
_AT_HOST = re.compile(r"(?<![\w.+-])([a-z][\w.+-]*) at ((?:[a-z0-9-]+(?:\.| dot ))+[a-z]{2,})(?![\w/@-]|\.\w)")
_WRITING = re.compile(rf"\b(?:{TELL}|mail|write|send|reach|address|forward|questions?)\w*\b", re.IGNORECASE)
_BEFORE = re.compile(rf"(?:\b(?:{TELL}|mail|to|via|using|or|and|at|address|is)|[:(,>*`]|^)\s*$", re.IGNORECASE)
_NO_MAILBOX = frozenset(
    "a us me you him her them it one someone anyone everyone or and out in is are was look hosted available found "
    "online live published documented page site website docs form portal up down back here there".split()
)
_ROLE = re.compile(r"(?<![`\\])\{([a-z][\w:+-]*)\}`([^`\n]+)`(?!`)")
_LITERAL = frozenset("code command envvar file kbd math option program samp".split())
"""Roles of MyST, and of Sphinx, for what a machine reads."""
_RAW_SLACK = re.compile(r"<(#|@|!subteam\^)[A-Z0-9]+(?:\|([^<>|\n]*))?>")
_RAW_LINK = re.compile(r"<((?:https?://|slack://|mailto:)[^<>|\s]+)\|([^<>|\n]+)>")


def plain_text(text: str, before: str = "") -> str:
    """Text without what cannot be seen, with ordinary hyphens, blanks and addresses; it has as many lines as before.

    `before` are the words in front of it, by which "ada at acorn.org" is told to be an address.
    """
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text))
    text = _HYPHENS.sub("-", text)
    text = _ADDRESS_HYPHENS.sub(lambda m: re.sub("[\u2012\u2013\u2212]", "-", m[0]), text)
    if ":" in text:
        text = _EMOJI.sub("", text)
    if "at" not in text.lower():
        return text
    spelled = _at_hosts(before + text)
    return spelled[len(before) :] if spelled.startswith(before) else _at_hosts(text)


def plain_line(line: str) -> str:
    """A line of Markdown with the mentions and links that Slack writes (`<#C12|name>`), the roles of MyST
    (``{term}`Kiln Board` ``), and with footnotes, as Markdown has them."""
    if line.startswith("[^"):
        return "\\" + line  # a footnote, and no link's definition
    if "}`" in line:
        line = _ROLE.sub(_said_by_role, line)
    if "<" not in line:
        return line
    return _RAW_LINK.sub(r"[\2](\1)", _RAW_SLACK.sub(_mention, line))


def stated(quote: str) -> str:
    """What a quote, some lines of Markdown, states: without Markdown's escapes and marks, and made plain."""
    text = html.unescape("\n".join(map(plain_line, quote.split("\n"))))
    return plain_text(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text))


def _said_by_role(match: re.Match[str]) -> str:
    """What a role shows: its text, or the label before its target ("the board <board>")."""
    shown = re.sub(r"\s*<[^<>]*>$", "", match[2]) or match[2]
    return f"`{shown}`" if match[1] in _LITERAL else shown


def _mention(match: re.Match[str]) -> str:
    """The name behind a raw mention; one that has only an id says nothing."""
    mark = "#" if match[1] == "#" else "@"
    name = (match[2] or "").strip().lstrip("#@")
    return mark + name if name else ""


def _at_hosts(text: str) -> str:
    """Addresses that are spelled out: `ada [at] acorn [dot] org`, and after a word of writing also `ada at acorn.org`
    or `ada at acorn dot org`."""
    text = _SPELLED.sub(_spelled, text)
    return _AT_HOST.sub(_at_host, text)


def _spelled(match: re.Match[str]) -> str:
    host = re.sub(r"\s*[\[({<]\s*(?:dot|\.)\s*[\])}>]\s*|\s+dot\s+", ".", match[2])
    return f"{match[1]}@{host}" + "\n" * match[0].count("\n") if "." in host else match[0]


def _at_host(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 80) : match.start()]
    if match[1].lower() in _NO_MAILBOX or not _WRITING.search(before) or not _BEFORE.search(before):
        return match[0]
    return f"{match[1]}@{match[2].replace(' dot ', '.')}"
