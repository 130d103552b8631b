"""Any sequence of edits leaves the index that a fresh start makes: nothing of a deleted page, owner or fact survives.

A sequence of ten changes, or as many sequences as WHODOIASK_TRIALS says (`make trials`).
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random

from conftest import silent, write_manual
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from test_no_contact_without_fact import TRIALS, Manual

from assistant.flow import Assistant
from ingest.build import ingest

chances = st.integers(0, 2**32).map(Random)


class Edits(RuleBasedStateMachine):
    """A manual that changes, and the index that follows it."""

    @initialize(chance=chances)
    def begin(self, chance: Random) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="whodoiask-edits-"))
        self.made = Manual(chance)
        self.root = write_manual(self.home / "manual", {**self.made.files, "stays.md": "# Stays\n\nAsk in #stays.\n"})
        self.gone: set[str] = set()

    def page(self, chance: Random) -> Path:
        return chance.choice(sorted(file for file in self.root.rglob("*.md") if file.name != "stays.md"))

    @property
    def has_pages(self) -> bool:
        return len(list(self.root.rglob("*.md"))) > 1

    @rule(chance=chances, number=st.integers(0, 4))
    def add(self, chance: Random, number: int) -> None:
        self.made.chance = chance
        name = f"{chance.choice(['', 'folder/', 'docs/'])}new-{number}.md"
        write_manual(self.root, {name: f"# New\n\nAsk in #only-{number} about news {number}.\n\n{self.made._part()}"})

    @precondition(lambda self: self.has_pages)
    @rule(chance=chances)
    def delete(self, chance: Random) -> None:
        self.page(chance).unlink()

    @precondition(lambda self: self.has_pages)
    @rule(chance=chances)
    def rename(self, chance: Random) -> None:
        page = self.page(chance)
        page.rename(page.with_name(f"renamed-{chance.randint(0, 99)}.md"))

    @precondition(lambda self: self.has_pages)
    @rule(chance=chances)
    def edit(self, chance: Random) -> None:
        page = self.page(chance)
        lines = page.read_text().split("\n")
        at = chance.randrange(len(lines))
        lines[at : at + chance.randint(0, 3)] = chance.choice([[], [""], ["Ask the Edit team in #edits."], ["- more"]])
        page.write_text("\n".join(lines))

    @precondition(lambda self: self.has_pages)
    @rule(chance=chances)
    def take_an_owner_away(self, chance: Random) -> None:
        page = self.page(chance)
        page.write_text("\n".join(line for line in page.read_text().split("\n") if "owner" not in line))

    @rule(chance=chances)
    def change_data(self, chance: Random) -> None:
        entries = "".join(self.made._entry() for _ in range(chance.randint(0, 3)))
        write_manual(
            self.root, {"data/things.yml": entries, "_config.yml": f"desk:\n  email: d{len(entries)}@example.org\n"}
        )

    @rule(word=st.sampled_from(["Lantern", "Harbour", ""]))
    def change_settings(self, word: str) -> None:
        write_manual(self.root, {"whodoiask.toml": f'organisation = ["{word}"]\n' if word else ""})

    @invariant()
    def is_what_a_fresh_start_makes(self) -> None:
        if not hasattr(self, "home"):
            return
        followed = ingest(str(self.root), self.home / "index", progress=silent)
        shutil.rmtree(self.home / "fresh", ignore_errors=True)
        fresh = ingest(str(self.root), self.home / "fresh", progress=silent)
        assert followed.digest == fresh.digest
        names = {entry.name for entry in (self.home / "index/generations").iterdir()}
        assert len(names) <= 2
        assert not any(name.startswith(".") for name in names)

    def teardown(self) -> None:
        if not hasattr(self, "home"):
            return
        assistant = Assistant.open(self.home / "index")
        for number in range(5):
            stated = any(f"#only-{number} " in page.read_text() for page in self.root.rglob("*.md"))
            answer = assistant.answer(f"Who do I ask about news {number}?")
            assert stated or f"#only-{number}" not in answer.markdown
        assistant.index.close()
        shutil.rmtree(self.home)


TestEdits = Edits.TestCase
TestEdits.settings = settings(
    max_examples=TRIALS, stateful_step_count=10, deadline=None, derandomize=True, database=None,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
