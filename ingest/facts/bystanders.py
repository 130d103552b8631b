"""Phrases for somebody that only stand in a sentence, which sends nobody to them.

They are a part of a thing's name ("the team meetings"), a verb ("to build community"), an example, those of whom a
condition speaks, the readers whose duty it is ("team members should ..."), or people in general ("work with other
engineers").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.facts.addresses import Mention
from ingest.facts.clauses import MASK, MODALS, ROLE_NOUNS, SUBJECTS
from ingest.facts.lexicon import verbs
from ingest.facts.syntax import Tree, Word

_IF = frozenset({"if", "whether"})
_UNREAL = frozenset("future new potential prospective possible hypothetical".split())
_ANYBODY = frozenset("anyone anybody everyone".split())
_DETERMINERS = frozenset("the our your their my his her".split())
_STAFF = frozenset("staff member members employee employees".split())
_HELPING = frozenset(
    "help helps helping support supports supporting assist assists serve serves enable enables".split()
)
_MODIFIERS = ("compound", "nmod", "amod", "npadvmod")
_MASKED = re.compile(f"{MASK[0]}{MASK[1]}+")
_EXAMPLE = re.compile(r"^\W*(?:for (?:example|instance)|e\.?g\.?|imagine|suppose)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\(i\.?e\.?[^()]*$", re.IGNORECASE)
_ILLUSTRATES = re.compile(r"\bexamples?\b[^.]*:\s*$|^\W*(?:for example|e\.g)\b[^.]*:\s*$", re.IGNORECASE)


def illustrates(lead: str) -> bool:
    """Whether a line over a list says that what follows are examples."""
    return bool(_ILLUSTRATES.search(lead))


def is_aside(plain: str, start: int) -> bool:
    """Whether a sentence only imagines something, or says it in brackets to explain a word."""
    return bool(_EXAMPLE.match(plain) or _ASIDE.search(plain[:start]))


def is_fragment(tree: Tree, mention: Mention) -> bool:
    """Whether a phrase for somebody stands alone, with no verb to send anybody there: "Research staff"."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    return any(tree[p].head == p for p in inside) and not any(w.tag.startswith(("VB", "MD")) for w in tree)


def is_bystander(tree: Tree, mention: Mention, *, known: bool) -> bool:
    """Whether nobody is sent to a phrase for somebody, by the sentence's tree; `known`: the manual introduces them."""
    inside = [p for p, word in enumerate(tree) if word.start < mention.end and mention.start < word.end]
    return bool(inside) and _Phrase(tree, inside).is_bystander(known=known)


@dataclass(frozen=True)
class _Phrase:
    """The words of a tree that are a mention."""

    tree: Tree
    inside: Sequence[int]

    @cached_property
    def head(self) -> Word:
        top = (p for p in self.inside if self.tree[p].head not in self.inside or self.tree[p].head == p)
        return self.tree[next(top, self.inside[-1])]

    @cached_property
    def above(self) -> Word:
        return self.tree[self.head.head]

    @property
    def before(self) -> str:
        return self.tree[self.inside[0] - 1].lower if self.inside[0] else ""

    @cached_property
    def modifies(self) -> bool:
        """Whether a noun follows of whose name it is a part."""
        near = 0 < self.head.head - self.inside[-1] <= 2
        return self.head.dep in _MODIFIERS and near and not _MASKED.fullmatch(self.above.text)

    @property
    def of_members(self) -> bool:
        return self.modifies and self.above.lower in ("member", "members")

    def is_bystander(self, *, known: bool) -> bool:
        if self._is_verb() or self._is_unreal() or self._is_general() or self._is_helped():
            return True
        if self.modifies and not self.of_members:
            return self.above.tag.startswith("NN") and self.above.lower not in ROLE_NOUNS
        if self._is_served():
            return True
        subject, verb = (self.above, self.tree[self.above.head]) if self.of_members else (self.head, self.above)
        if subject.dep not in SUBJECTS or not verb.tag.startswith(("VB", "MD")):
            return False
        return self._only_does(verb, known=known)

    def _is_verb(self) -> bool:
        first = self.tree[self.inside[0]]
        begins = first.text.islower() or not self.inside[0]
        told = first.tag == "VB" or (first.tag == "VBP" and first.dep in ("ROOT", "conj", "ccomp", "advcl"))
        return told and len(self.inside) > 1 and begins and first.lower != "help"

    def _is_unreal(self) -> bool:
        return self.tree[self.inside[0]].lower in _UNREAL and self.before in ("a", "an")

    def _is_general(self) -> bool:
        """People of a kind with whom one works, or as whom somebody counts."""
        above = self.tree[self.above.head] if self.head.dep == "conj" else self.above
        working = above.lower == "with" and self.tree[above.head].lower in ("work", "working", "works")
        if working:
            return self.before not in _DETERMINERS and self.head.tag == "NNS"
        at = next((p for p, word in enumerate(self.tree) if word is above), 0)
        if self.before == "as":
            at = self.inside[0] - 1
        return "as" in (above.lower, self.before) and self.tree[at - 1].lower not in ("such", "well", "known")

    def _is_helped(self) -> bool:
        """Whether they are those for whom somebody else does something: "account managers help the project team"."""
        return self.head.dep in ("dobj", "obj") and self.above.lower in _HELPING

    def _is_served(self) -> bool:
        """Whether they are those whose somebody else is the subject: "the clerk to the Chair keeps the minutes"."""
        of_whom = self.tree[self.above.head]
        return (
            self.head.dep == "pobj"
            and self.above.lower == "to"
            and of_whom.dep in SUBJECTS
            and of_whom.tag.startswith("NN")
        )

    def _only_does(self, verb: Word, *, known: bool) -> bool:
        """Whether the subject of a verb does it for itself, or only perhaps."""
        if self.tree[self.inside[0]].lower in _ANYBODY:
            return True
        if verb.dep == "ccomp" and self.tree[verb.head].lower in ("know", "knows"):
            return True  # "let them know that somebody will look at it"
        below = [word for word in self.tree if self.tree[word.head] is verb and word is not verb]
        if verb.dep == "advcl" and any(w.dep == "mark" and w.lower in _IF for w in below):
            return True
        modal = any(w.dep == "aux" and w.lower in MODALS for w in below)
        end = self.tree[self.inside[-1]].end
        helps = verb.lower in verbs("keeping") or any(w.lower in ("you", "your") for w in self.tree if w.start > end)
        return modal and self._are_readers() and not known and not helps

    def _are_readers(self) -> bool:
        staff = self.head.lower in _STAFF and len(self.inside) < 3
        return self.of_members or staff or (self.before == "your" and self.head.lower == "team")
