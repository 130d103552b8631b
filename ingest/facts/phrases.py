"""Whom a noun phrase names. It counts only as somebody: a phrase whose last word is one for teams, roles or
departments, a person's name, or a name that the manual uses for somebody elsewhere; where only people can stand,
any name does. The kind of whoever it is (person, team, role) is told here too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ingest.facts.addresses import Mention
from ingest.facts.cells import is_by_given_name, is_person
from ingest.facts.extents import Extents
from ingest.facts.grammar import Grammar
from ingest.facts.lexicon import nouns, one_of, words
from ingest.facts.masking import MASKED
from ingest.facts.names import PROGRAM
from ingest.facts.somebody import ALONE, DEPARTMENTS, ROLE_NOUNS, VAGUE, somebody
from ingest.facts.syntax import Tree, Word
from ingest.facts.verbs import TOOLS
from ingest.forms import UPPER
from ingest.values import Contact, ContactKind

_ORDINAL = frozenset("first second third last final two three four many several few".split())
_INDEFINITE = frozenset("another any each every no some other most many".split())
_GROUPS = frozenset("one some any member members someone somebody anyone anybody rest each all either both".split())
_PERSON = re.compile(
    rf"[{UPPER}][\w'’-]+(?: (?:[{UPPER}]\.|{one_of(words('people', 'particles'))}))*(?: [{UPPER}][\w'’-]+){{1,2}}$"
)
_SOFTWARE = nouns("things", "software") - words("people", "functions")
_HELD_ONCE = frozenset({"chair", "chief"})
"""Of whom there is one only, where "the" and a capital say so: "the Chair"."""
_OPS = re.compile(r"(?:[A-Z][a-z]+)*[Oo]ps")
"""What teams that operate something are called in one word: "SecOps"."""
_PRONOUNS = frozenset("she he her him hers his herself himself".split())
_BEFORE_THINGS = frozenset("the a an our your this that these those its".split())
_NEAR = 7
"""Words behind a name that are looked at to tell whose it is."""
_EITHER = "(s"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a sentence names: `asked` where it sends the reader to them, else they have something in hand."""

    mention: Mention
    asked: bool
    certain: bool
    """Whether the phrase itself shows that it is somebody; else it is a name that may be a thing's."""


NO_SHORTS: Mapping[str, Contact] = MappingProxyType({})


def _is_personal(word: Word) -> bool:
    """Whether a word can be of a person's name: it has a capital and is no word for bodies, roles or software."""
    lower = word.lower
    if word.tag != "NNP" or not word.text.istitle() or MASKED.fullmatch(word.text):
        return False
    return lower not in somebody() and lower not in nouns("things", "software") and lower not in VAGUE


class Phrases:
    """The people, teams and roles that the phrases of one sentence name; `shorts` are the manual's own short names."""

    def __init__(self, plain: str, tree: Tree, shorts: Mapping[str, Contact] = NO_SHORTS) -> None:
        self.plain = plain.replace("\n", " ")
        self.tree = tree
        self.shorts = shorts
        self.grammar = Grammar(self.plain, tree)
        self.extents = Extents(self.grammar)
        self.below = self.grammar.below

    def people(
        self, place: int, *, asked: bool, names: bool, persons: bool = False, alone: bool = False
    ) -> Iterator[Named]:
        """Those whom a phrase names, and those joined to it by "and" and "or"; `names` says that a mere name counts,
        and `persons` that a person's does; `alone` that a department's name does, wherever it stands."""
        for target in self._joined(place):
            inner = self._within_group(target)
            found = self.phrase(inner, asked=asked, names=names, persons=persons, alone=alone)
            if found is not None:
                mention, certain = found
                sure = persons and not asked and (not names or mention.contact.kind == "person")
                yield Named(mention, asked, certain or sure)

    def _joined(self, place: int) -> Iterator[int]:
        yield place
        for child in self.below[place]:
            if self.tree[child].dep in ("conj", "appos"):
                yield from self._joined(child)

    def _within_group(self, place: int) -> int:
        """Of "one of our recruiters", "members of the X team", "someone in X": those of whom it is one."""
        for _ in range(2):
            if self.tree[place].lower not in _GROUPS:
                return place
            inner = (
                target
                for child in self.below[place]
                if self.tree[child].dep == "prep" and self.tree[child].lower in ("of", "from", "in", "on", "at")
                for target in self.below[child]
                if self.tree[target].dep == "pobj"
            )
            place = next(inner, place)
        return place

    def of(self, place: int, *prepositions: str) -> Iterator[Named]:
        """Those behind a preposition that hangs on a word."""
        for child in self.below[place]:
            if self.tree[child].dep == "prep" and self.tree[child].lower in prepositions:
                for target in self.below[child]:
                    if self.tree[target].dep == "pobj":
                        yield from self.people(target, asked=True, names=False)

    def phrase(
        self, place: int, *, asked: bool, names: bool, persons: bool, alone: bool = False
    ) -> tuple[Mention, bool] | None:
        """The noun phrase with that head, when it is somebody."""
        head = self.tree[place]
        pronoun = head.tag.startswith(("PRP", "W", "DT", "CD", "EX")) or head.lower in words("people", "nobody")
        if pronoun and head.text != "IT":
            return None
        first, last = self.extents.left(place), self.extents.right(place)
        before = self.tree[first - 1].lower if first else ""
        if before == "following" or (before in _INDEFINITE and not asked):
            return None
        if before in ("a", "an") and (
            self.extents.is_name(self.tree[first : last + 1]) or (first == last and head.text.isupper())
        ):
            return None  # "a Google Group" is one of many, and so is "an LLM"
        named = head.lower in words("people", "folk", "shared") and re.match(r"\d+[A-Z]", self.tree[first].text)
        while first < place and not named and (self.tree[first].tag == "CD" or self.tree[first].lower in _ORDINAL):
            if self.tree[first + 1].lower in ("line", "level", "-"):
                break  # "first line supervisor", "first-rank team"
            first += 1
        first = self.extents.whole(first)
        phrase = self.tree[first : last + 1]
        start, end = phrase[0].start, phrase[-1].end
        end += phrase[-1].text.endswith(_EITHER)  # the bracket that closes "controller(s)" is a word of its own
        text = self.plain[start:end]
        another = asked and before == "another" and head.lower in nouns("people", "roles") - {"colleague"}
        if another:
            first, start = first - 1, self.tree[first - 1].start
            text = self.plain[start:end]
        by_name = is_by_given_name(text) or self._is_shown(place, first, last)
        known = "person" if by_name else self._short(text, start, before)
        if known is not None:
            return (Mention(Contact(known, text), start, end), True) if known else None
        owned = self.extents.owned(first) or another
        titled = self._is_titled(phrase)
        kind = "role" if titled else self.kind(place, phrase, asked=asked, owned=owned, proven=alone or another)
        if kind is not None:
            return Mention(Contact(kind, text), start, end), True
        proper = all(word.tag.startswith("NNP") or word.text[:1].isupper() for word in phrase)
        person = all(word.tag == "NNP" for word in phrase) and _PERSON.fullmatch(text)
        asks = head.lower in nouns("general", "troubles") or (first == last and head.lower in _SOFTWARE)
        counts = names or (persons and person and len(phrase) == 2) or bool(MASKED.fullmatch(head.text))
        if counts and proper and not asks and len(text) > 2 and not re.fullmatch(TOOLS, text) and len(phrase) <= 5:
            return Mention(Contact("person" if person and is_person(text) else "team", text), start, end), False
        return None

    def person_at(self, place: int) -> Mention | None:
        """The person whose name ends in that word, in whatever way it is part of the sentence."""
        first = self.extents.left(place)
        phrase = self.tree[first : place + 1]
        before = self.tree[first - 1].lower if first else ""
        name = self.plain[phrase[0].start : phrase[-1].end]
        named = all(_is_personal(word) for word in phrase) and before not in _BEFORE_THINGS
        if is_by_given_name(name) or (named and (len(phrase) == 1 or is_person(name))):
            return Mention(Contact("person", name), phrase[0].start, phrase[-1].end)
        return None

    def _is_shown(self, place: int, first: int, last: int) -> bool:
        """Whether what stands around a name shows that it is a person's: their role or department behind it, an
        extension in brackets, "she" in what follows; or that one is to see them about a thing."""
        phrase = self.tree[first : last + 1]
        before = self.tree[first - 1].lower if first else ""
        if last != place or before in _BEFORE_THINGS or not all(_is_personal(word) for word in phrase):
            return False
        if len(phrase) > 1 and not is_person(self.plain[phrase[0].start : phrase[-1].end]):
            return False
        after = self.tree[last + 1 : last + 1 + _NEAR]
        if before == "see" and after and after[0].lower == "about":
            return True
        if any(word.lower in _PRONOUNS for word in self.tree[last + 1 :]):
            return True
        apposed = (child for child in self.below[place] if self.tree[child].dep == "appos" and child > last)
        if any(self.tree[child].lower in ROLE_NOUNS and self.extents.is_definite(child) for child in apposed):
            return True
        return self._is_of_department(after) or self._is_bracketed(after)

    @staticmethod
    def _is_of_department(after: Sequence[Word]) -> bool:
        """Whether a department or team follows, to which they belong: "Ada in Payroll", "Ada on the Berth team"."""
        if not after or after[0].lower not in ("in", "from", "at", "on"):
            return False
        behind = [word for word in after[1:] if word.lower not in ("the", "our")]
        named = [word for word in behind[:1] if word.text[:1].isupper()]
        while len(named) < len(behind) and (
            behind[len(named)].text[:1].isupper() or behind[len(named)].lower in words("people", "teams")
        ):
            named.append(behind[len(named)])
        last = named[-1].lower if named else ""
        small = behind[:1] and behind[0].lower in words("people", "departments")
        return bool(small) or last in words("people", "teams") | DEPARTMENTS | words("people", "departments")

    @staticmethod
    def _is_bracketed(after: Sequence[Word]) -> bool:
        """Whether brackets follow with a role or an extension: "Ada (ext. 12)", "Ada (harbour officer)"."""
        if not after or after[0].text != "(":
            return False
        inside = [word.lower for word in after[1:]]
        inside = inside[: inside.index(")")] if ")" in inside else inside
        return bool(inside) and (inside[0] in ("ext", "ext.", "extension") or inside[-1] in ROLE_NOUNS)

    def _short(self, text: str, start: int, before: str) -> ContactKind | Literal[""] | None:
        """What a short name of the manual's stands for; "" where it is defined, beside the long one; None when it is
        none, as "council" is."""
        known = self.shorts.get(text)
        if known is None or (text[1:].islower() and before != "the"):
            return None
        return "" if self.plain[start - 1 : start] == "(" else known.kind

    @staticmethod
    def _is_titled(phrase: Sequence[Word]) -> bool:
        """Whether a title stands before what it is of: "VP Finance"."""
        return phrase[0].lower in words("people", "offices", "before") and phrase[-1].text[:1].isupper()

    def kind(
        self, place: int, phrase: Sequence[Word], *, asked: bool, owned: bool, proven: bool = False
    ) -> ContactKind | None:
        """team or role, by the phrase's head; None when nothing in it tells that it is somebody."""
        head = self.tree[place]
        lower = head.lower.removesuffix(_EITHER)
        if any(word.tag in ("VBZ", "VBP", "VBD") for word in phrase) or PROGRAM.search(
            " ".join(w.lower for w in phrase)
        ):
            return None
        alone = len(phrase) == 1
        proper = head.text[:1].isupper()
        if lower in words("people", "departments"):
            return "team" if self._is_department(place, alone=alone, asked=asked, proven=proven) else None
        if alone and proper and place and lower in words("people", "functions"):
            return "team"
        if alone and lower in ALONE | words("people", "teams"):
            return self._kind_of_one(place, owned=owned, proven=proven)
        if lower == "management" and not asked and phrase[0].lower not in ("senior", "upper", "line", "middle", "top"):
            return None  # an activity: "records management helps us"
        if lower in words("people", "teams") or _OPS.fullmatch(head.text):
            return "team"
        if self.extents.is_name(phrase) and lower in DEPARTMENTS | words(
            "people", "named_teams" if asked else "bodies"
        ):
            return "team"
        if len(phrase) > 2 and self.extents.is_name(phrase[:-1]) and lower in words("people", "bodies"):
            return "team"  # "the Enterprise Hosting branch"
        shared = lower in nouns("people", "shared_titles")
        if lower in ROLE_NOUNS or (shared and (asked or (owned and self.extents.is_name(phrase)))):
            return "role"
        return None

    def _kind_of_one(self, place: int, *, owned: bool, proven: bool) -> ContactKind | None:
        """The kind of a word that by itself names nobody: somebody's, or of whom there is one only ("the Chair")."""
        head = self.tree[place]
        if owned and head.lower in (ROLE_NOUNS if proven else nouns("people", "roles", "own")):
            return "role"
        if head.lower in _HELD_ONCE and head.text[:1].isupper() and place and self.tree[place - 1].lower == "the":
            return "role" if head.lower in ROLE_NOUNS else None
        return None

    def _is_department(self, place: int, *, alone: bool, asked: bool, proven: bool) -> bool:
        """Whether a department's word stands for it: "kept by reception", "ask Legal"."""
        head = self.tree[place]
        proper = head.text[:1].isupper()
        named = proper and (place or head.text.isupper() or (proven and alone))
        return bool((alone and self.tree[head.head].lower == "by") or (asked and (alone or proper)) or named)


class Reader:
    """What every reader of one sentence looks at: its phrases, its tree, and what hangs on each word."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.extents = phrases.extents
        self.grammar = phrases.grammar
        self.tree = phrases.tree
        self.below = phrases.below
