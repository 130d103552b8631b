"""With no model set nothing changes by a byte, and neither does an answer for which one that is set fails."""

from __future__ import annotations

import json
from pathlib import Path

from serving import ROOT

from assistant.flow import Assistant
from assistant.model.opening import MAY, opened
from ingest.values import ModelSettings, Settings


def test_every_question_of_the_corpus_gets_the_same_bytes(corpus_index: Path, tmp_path: Path) -> None:
    lines = (ROOT / "eval/questions/corpus.jsonl").read_text("utf-8").splitlines()
    asked = [(one["question"], tuple(one.get("history", ())), one["id"]) for one in map(json.loads, lines)]
    model = opened(f"record:{tmp_path / 'prompts'}", {MAY: "choose, ask again"})
    without, failing = Assistant.open(corpus_index), Assistant.open(corpus_index, consults=model.for_index)
    differing = [
        (question, history)
        for question, history, id_ in asked
        if _bytes(without, question, history, id_) != _bytes(failing, question, history, id_)
    ]
    assert differing == []
    assert len(list((tmp_path / "prompts").glob("*.json"))) > len(asked) // 10
    assert "model" not in without.explained(asked[0][0], asked[0][1]).to_json()["explain"]


def _bytes(assistant: Assistant, question: str, history: tuple[str, ...], id_: str) -> bytes:
    return json.dumps(assistant.answer(question, history, id_).to_json(), ensure_ascii=False).encode()


def test_settings_that_say_nothing_of_a_model_have_the_digest_that_they_had() -> None:
    assert Settings().digest == "06e4daef8d64c6448b45d6c41a522208efda2b9cc60f2a116878a447abd3ab5f"
    assert Settings(model=ModelSettings(may=("choose",))).digest != Settings().digest
