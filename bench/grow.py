"""A manual many times its size, whose text is nowhere the same: each copy is another organisation's.

A copy lies under a folder named after an invented part of the organisation. In it, by a seeded plan that is one for
the whole copy,

- words that few pages use (below `STAYS` of them) give way: those of several pages to others as frequent, those of a
  single page to invented ones or to each other, so that a copy brings new words as a new text does, and the lengths
  and frequencies of words stay what they were; the common words, which say who does what, remain;
- channels, handles, repos and teams get the part's name, and titles name the part: no address is shared with another
  copy, and no two texts are equal because they held common words only;
- links between pages stay in the copy; addresses of other sites, paths, Ruby tags, HTML and the keys of YAML stay.

The first copy is the manual itself, word for word. Pages that are to be there once (the escalation order: an
organisation has one) are not copied.
"""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

SEED = 2023
STAYS = 0.02
"""A word that this share of the pages uses is a common one."""
INVENTED = 0.3
"""The share of single-page words that become new ones."""
PAGE = re.compile(r"\.(md|markdown)(\.erb)?$")
DATA = re.compile(r"^data/.*\.ya?ml$")
_WORD = re.compile(r"[A-Za-z]{3,}")
_TOKEN = re.compile(
    r"""(?P<kept> https?://[^\s)>"'`]+ | <%.*?%> | </?[a-zA-Z][^<>\n]*> )
    | (?P<link> \]\(/[^)\s]* )
    | (?P<address> (?<![\w/])[#@][a-z][a-z0-9_-]{2,} )
    | (?P<name> [A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)* )""",
    re.DOTALL | re.VERBOSE,
)
_TEAM = re.compile(r"\b([A-Z][\w&-]+) ([Tt]eam)\b")
_KEY = re.compile(r"^(\s*(?:- )?)([A-Za-z_]\w*):(?=\s|$)(.*)$")
_TOLD = re.compile(
    r"title|section|description|repo_name|related_repos|owner\w*|run_by|slack|channel\w*|contact|team|alerts\w*"
)
_REPO = re.compile(r"^\s*-?\s*repo_name:\s*[\"']?([\w.-]+)", re.MULTILINE)


def grow(manual: Path, target: Path, times: int, *, seed: int = SEED, once: Collection[str] = ()) -> None:
    """Write the manual `times` as large into a new folder; `once` are paths that are not copied. Without git."""
    shutil.copytree(manual, target, ignore=shutil.ignore_patterns(".git"))
    texts = {path: (manual / path).read_text("utf-8", "replace") for path in _paths(manual)}
    lexicon = Lexicon(texts)
    parts = lexicon.parts(seed, times - 1)
    for part in parts:
        copy = Copy(lexicon, part, seed)
        for path, text in texts.items():
            if path not in once:
                file = target / copy.path(path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(copy.text(path, text), "utf-8")


def _paths(manual: Path) -> list[str]:
    """Pages and data files, as ingest reads them."""
    files = (file.relative_to(manual) for file in sorted(manual.rglob("*")) if file.is_file())
    kept = [path for path in files if not {"templates", "partials"} & set(path.parts) and path.parts[0][0] != "."]
    return [path.as_posix() for path in kept if PAGE.search(path.name) or DATA.match(path.as_posix())]


class Lexicon:
    """The words of a manual by how many pages use them, its repos, and how its words are spelt."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.used = Counter(word for text in texts.values() for word in {w.lower() for w in _WORD.findall(text)})
        self.repos = {name.lower() for text in texts.values() for name in _REPO.findall(text)}
        self.common = max(2, STAYS * len(texts))
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.used):
            for first, second, third in zip(f"^^{word}", f"^{word}", f"{word}$", strict=False):
                self._next[first + second].append(third)

    def bands(self) -> dict[int, list[str]]:
        """The words that give way, by how many pages use them (to the next power of two)."""
        bands: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self.used):
            if self.used[word] < self.common:
                bands[self.used[word].bit_length()].append(word)
        return bands

    def parts(self, seed: int, count: int) -> list[str]:
        """Invented names, no two equal and none a word of the manual."""
        chance = random.Random(f"{seed} parts")  # noqa: S311
        found: dict[str, None] = {}
        while len(found) < count:
            word = self.invented(chance, 6)
            if word not in self.used:
                found[word] = None
        return list(found)

    def invented(self, chance: random.Random, length: int) -> str:
        """A word of about that length, each letter as likely after two others as in the manual's words."""
        while True:
            word = "".join(self._letters(chance))
            if abs(len(word) - length) <= 2 and len(word) > 2:
                return word

    def _letters(self, chance: random.Random) -> Iterator[str]:
        last = "^^"
        while (letter := chance.choice(self._next[last])) != "$":
            yield letter
            last = last[1] + letter


class Copy:
    """The plan of one copy: what each word, name, link and path becomes."""

    def __init__(self, lexicon: Lexicon, part: str, seed: int) -> None:
        self._part = part
        self._repos = lexicon.repos
        self._words = _renamed(lexicon, random.Random(f"{seed} {part}"))  # noqa: S311

    def path(self, path: str) -> str:
        """`source/manual/dns.html.md` to `source/<part>/manual/dns.html.md`."""
        top, _, rest = path.rpartition("/") if path.count("/") == 0 else path.partition("/")
        return "/".join(piece for piece in (top, self._part, rest) if piece)

    def text(self, path: str, text: str) -> str:
        """A file's text: YAML by its keys, Markdown after its front matter as a whole."""
        if DATA.match(path):
            return "\n".join(map(self._yaml_line, text.split("\n")))
        head, body = _front_matter(text.split("\n"))
        return "\n".join([*map(self._yaml_line, head), self.prose("\n".join(body))])

    def prose(self, text: str) -> str:
        return _TEAM.sub(rf"\1 {self._part.capitalize()} \2", _TOKEN.sub(self._token, text))

    def _token(self, found: re.Match[str]) -> str:
        token = found[0]
        match found.lastgroup:
            case "link":
                return f"](/{self._part}{token[2:].partition('#')[0]}"
            case "address":
                return f"{self._name(token)}-{self._part}"
            case "name" if token.lower() in self._repos:
                return f"{self._name(token)}-{self._part}"
            case "name":
                return self._name(token)
        return token

    def _name(self, token: str) -> str:
        return _WORD.sub(lambda word: _cased(self._words.get(word[0].lower(), word[0]), word[0]), token)

    def _yaml_line(self, line: str) -> str:
        found = _KEY.match(line)
        if found is None:
            return self.prose(line) if line.strip() != "---" else line
        begin, key, value = found.groups()
        if not _TOLD.fullmatch(key):
            return line
        value = self.prose(value)
        return f"{begin}{key}:{self._titled(value) if key == 'title' else value}"

    def _titled(self, title: str) -> str:
        """A title with the part's name at its end, inside the quotes."""
        bare = title.rstrip()
        end = bare[-1] if bare.endswith(('"', "'")) else ""
        return f"{bare.removesuffix(end)} in {self._part.capitalize()}{end}"


def _renamed(lexicon: Lexicon, chance: random.Random) -> dict[str, str]:
    """What each word that gives way becomes."""
    words: dict[str, str] = {}
    for band in lexicon.bands().values():
        words.update(zip(band, chance.sample(band, len(band)), strict=True))
    for word in lexicon.bands().get(1, []):
        if chance.random() < INVENTED:
            words[word] = lexicon.invented(chance, len(word))
    return words


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[0].isupper() else word


def _front_matter(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    if lines[0].rstrip() != "---" or "---" not in lines[1:]:
        return [], lines
    end = lines.index("---", 1) + 1
    return lines[:end], lines[end:]
