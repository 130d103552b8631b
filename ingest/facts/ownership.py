"""Owners by path: CODEOWNERS, OWNERS, a bot's rules, and a site's owner of whatever has none.

Each rule is a fact of its own; a page without an owner has that of the last rule that matches its path, as the forges
have it, cited from the rule's line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from pathspec import GitIgnoreSpec

from ingest.facts.addresses import EMAIL, is_address
from ingest.facts.keyed import named_by
from ingest.facts.proof import fact
from ingest.manual.markdown import Block, Section
from ingest.manual.reading import DataFile, Manual
from ingest.manual.sentences import context_of, place_of
from ingest.manual.settings import SITE_FILE
from ingest.manual.yamls import YamlError, entries_of
from ingest.values import Contact, Fact, Page, Place

_SECTION = re.compile(r"^\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?\s*(?P<owners>.*)$")
_RULE = re.compile(r"^(?P<pattern>(?:\\.|[^\s\\])+)\s+(?P<owners>\S.*)$")
_OWNER = re.compile(r"(?<![\w.@/-])@[\w-]+(?:/[\w.-]*\w)*(?![\w/])")
_LINES = 12
"""Lines; a list of approvers is quoted no further."""
_MANY = 6
"""Names; of a longer list of approvers only the first are whom one would go to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever owns the paths that match a pattern, and the line that says so. `under` is the folder it counts from."""

    pattern: str
    contacts: tuple[Contact, ...]
    file: Page
    line: int
    under: str = ""
    holds: str = "owner"
    last: int = 0
    """The line of the pattern, where a section's header above it names the owners."""

    def matches(self, path: str) -> bool:
        """As git ignores paths, but that `docs/*` means what lies right in the folder."""
        if not path.startswith(self.under):
            return False
        inside = path.removeprefix(self.under)
        spec = _spec(self.pattern)
        if not spec.match_file(inside):
            return False
        parent = PurePosixPath(inside).parent.as_posix()
        flat = self.pattern.endswith("/*") and not self.pattern.endswith("**/*")
        return not (flat and parent != "." and spec.match_file(parent))

    @property
    def place(self) -> Place:
        return place_of(self.file, None, self.line, self.line)


@lru_cache(4096)
def _spec(pattern: str) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines([pattern])


def ownership_facts(manual: Manual, owned: Collection[str]) -> Iterator[Fact]:
    """The facts of all rules, and the owners of the pages that are not among `owned`."""
    files = sorted(manual.owner_files, key=lambda f: (f.path.count("/"), f.path))
    code = [r for file in files if _is(file, "CODEOWNERS") for r in codeowners(file, file.lines, 1)][:5000]
    folders = [rule for file in files if _is(file, "OWNERS") for rule in _folder_rules(file)]
    bots = [rule for file in manual.data for rule in _bot_rules(file)]
    default = [rule for file in manual.data if file.page.path == SITE_FILE for rule in _site_rules(file)]
    for rule in (*code, *folders, *bots):
        yield _rule_fact(rule)
    for file in files:
        if _is(file, "MAINTAINERS"):
            yield from _maintainers(file)
    for page in manual.pages:
        if page.path not in owned:
            found = next((r for rules in (default, code, folders, bots) if (r := _last(rules, page.path))), None)
            if found:
                yield _page_fact(page, found)


def _is(file: Page, name: str) -> bool:
    return PurePosixPath(file.path).stem == name


def _last(rules: Sequence[Rule], path: str) -> Rule | None:
    """The last rule that matches; none where that one names nobody."""
    found = next((rule for rule in reversed(rules) if rule.holds == "owner" and rule.matches(path)), None)
    return found if found and found.contacts else None


def codeowners(file: Page, lines: Sequence[str], first: int) -> Iterator[Rule]:
    """The rules of lines in CODEOWNERS form; a section's owners are those of its rules that name none."""
    default: tuple[Contact, ...] = ()
    head = first
    for number, line in enumerate(lines, first):
        plain = re.sub(r"(?:^|\s)#.*$", "", line).strip()
        section, rule = _SECTION.match(plain), _RULE.match(plain)
        if section:
            default, head = _owners(section["owners"]), number
        elif rule and (contacts := _owners(rule["owners"])):
            yield Rule(rule["pattern"].replace("\\ ", " "), contacts, file, number)
        elif plain and not re.search(r"\s", plain):
            yield Rule(plain, default, file, head, last=number if number - head <= _LINES else head)


def _owners(text: str) -> tuple[Contact, ...]:
    found = [(m.start(), Contact("handle", "", m[0])) for m in _OWNER.finditer(text)]
    found += [(m.start(), Contact("email", "", m[0])) for m in EMAIL.finditer(text)]
    return tuple(contact for _, contact in sorted(found, key=lambda f: f[0]))


def codeowners_block(page: Page, section: Section, block: Block) -> tuple[Fact, ...]:
    """The rules that a code block of a page shows, when it consists of them."""
    lines = [
        line.strip() for line in block.text.plain.splitlines() if line.strip() and not line.strip().startswith("#")
    ]
    ruled = [line for line in lines if (m := _RULE.match(line)) and _owners(m["owners"]) == _all_of(m["owners"])]
    if len(ruled) < 2 or len(ruled) < len(lines):
        return ()
    rules = codeowners(page, page.lines[block.first - 1 : block.last], block.first)
    context = context_of(page, section, block)
    return tuple(
        fact("does", r.contacts, f"owns {r.pattern}", context, r.place, attributes={"holds": "owner"})
        for r in rules
        if r.contacts
    )


def owned_item(page: Page, section: Section, block: Block) -> tuple[Fact, ...]:
    """A list's item that is a path or a thing in code with its owners: "`portal/` - @harbour/portal"."""
    code = next((s for s in block.text.spans if s.kind == "code" and s.start == 0), None)
    rest = re.match(r"\s*(?:[-–—:→]|->)\s*(?P<owners>\S.*)$", block.text.plain[code.end :]) if code else None
    if block.kind != "item" or code is None or rest is None:
        return ()
    contacts = _owners(rest["owners"])
    if not contacts or contacts != _all_of(rest["owners"].replace(",", " ")):
        return ()
    place = place_of(page, section, block.first, block.last)
    topic = f"owns {block.text.plain[: code.end]}"
    return (fact("does", contacts, topic, context_of(page, section, block), place, attributes={"holds": "owner"}),)


def _all_of(text: str) -> tuple[Contact, ...]:
    """Every word as an owner; of a line of prose or code that is not what its owners are."""
    return tuple(
        c if (c := is_address(word)) and c.kind == "email" else Contact("handle", "", word) for word in text.split()
    )


def _folder_rules(file: Page) -> Iterator[Rule]:
    """Approvers and reviewers of a folder, from its OWNERS file."""
    folder = file.path.rpartition("/")[0]
    try:
        entries = entries_of("\n".join(file.lines))
    except YamlError:
        return
    for key, holds in (("reviewers", "reviewer"), ("approvers", "owner")):
        for entry in entries[:1]:
            names = [n for n in entry.values.get(key) or [] if isinstance(n, str)] if key in entry.values else []
            contacts = tuple(_person(name) for name in names[:_MANY])
            if contacts:
                yield Rule("**", contacts, file, entry.key_lines[key], f"{folder}/" if folder else "", holds)


def _person(name: str) -> Contact:
    return is_address(name) or Contact("handle" if re.fullmatch(r"[\w-]+", name) else "team", name)


def _bot_rules(file: DataFile) -> Iterator[Rule]:
    """Tables of paths with lists of names: `[assign.owners]`, `[mentions."path"] cc = [...]`."""
    for entry in file.entries:
        if entry.key == "owners":
            for path, names in entry.values.items():
                if "/" in path and isinstance(names, list) and names:
                    contacts = tuple(is_address(n) or Contact("team", n) for n in names)
                    yield Rule(path, contacts, file.page, entry.key_lines[path])
        elif "/" in entry.key and isinstance(entry.values.get("cc"), list):
            contacts = _owners(" ".join(entry.values["cc"]))
            if contacts:
                yield Rule(entry.key, contacts, file.page, entry.key_lines.get("cc", entry.first), holds="mention")


def _site_rules(file: DataFile) -> Iterator[Rule]:
    """The owner that a site's configuration gives to each page without one."""
    for entry in file.entries[:1]:
        contacts = named_by("default_owner_slack", entry.values.get("default_owner_slack"))
        if contacts:
            yield Rule("source/**", contacts, file.page, entry.key_lines["default_owner_slack"])


def _quoted(rule: Rule) -> Place:
    """The rule's lines: its own, and the list under it as far as it names the contacts."""
    last = max(rule.line, rule.last)
    quote = rule.file.quote(rule.line, last)
    while last < min(rule.line + _LINES, len(rule.file.lines)) and any(c.shown not in quote for c in rule.contacts):
        last += 1
        quote = rule.file.quote(rule.line, last)
    return place_of(rule.file, None, rule.line, last)


def _rule_fact(rule: Rule) -> Fact:
    words = " ".join(re.findall(r"[\w.]+", rule.pattern)) or "everything else"
    paths = (
        f"{rule.under.rstrip('/')} {words if rule.pattern != '**' else ''}".strip() or "everything in this repository"
    )
    said = {"owner": "owns", "reviewer": "reviews", "mention": "is told of changes to"}[rule.holds]
    context = (rule.file.title, rule.pattern if rule.pattern != "**" else rule.under)
    place, holds = _quoted(rule), {"holds": rule.holds}
    return fact(
        "does" if rule.holds == "owner" else "ask", rule.contacts, f"{said} {paths}", context, place, attributes=holds
    )


def _page_fact(page: Page, rule: Rule) -> Fact:
    """The owner of a page by its path; the page's first line stands for the page, the rule's line for the owner."""
    first = next((n for n, line in enumerate(page.lines, 1) if re.search(r"\w", line)), 1)
    title = next((n for n, line in enumerate(page.lines, 1) if page.title and page.title in line), first)
    place = replace(place_of(page, None, title, title), owner=", ".join(c.shown for c in rule.contacts))
    return fact("owns page", rule.contacts, page.title, (), place, stated=_quoted(rule))


def _maintainers(file: Page) -> Iterator[Fact]:
    """A plain MAINTAINERS file: a person a line, with an address."""
    for number, line in enumerate(file.lines, 1):
        email, handle = EMAIL.search(line), _OWNER.search(line)
        name = re.match(r"[\s*-]*(?P<name>[^\W\d_][^<(@,:#]{2,40}?)\s*[<(@,]", line)
        if name and (email or handle):
            address = email[0] if email else handle[0] if handle else ""
            contact = Contact("person", name["name"].strip(), address)
            place = place_of(file, None, number, number)
            yield fact(
                "does", (contact,), "maintains this repository", (file.title,), place, attributes={"holds": "owner"}
            )
