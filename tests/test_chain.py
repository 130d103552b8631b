"""The assistant's parts as LangChain takes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import silent
from langchain_core.messages import ToolCall
from langchain_core.prompts import PromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore

from assistant.chain import ManualEmbeddings, ManualRetriever, WhoDoIAsk, ask_tool
from assistant.errors import UserError
from assistant.flow import Assistant
from ingest.build import ingest

QUESTION = "Who do I speak to about a new DNS zone?"


@pytest.fixture(scope="module")
def assistant(small_index: Path) -> Iterator[Assistant]:
    opened = Assistant.open(small_index)
    yield opened
    opened.index.close()


def test_embeddings_are_the_encoders_own_unit_vectors(assistant: Assistant) -> None:
    embeddings = ManualEmbeddings(assistant.index.encoder)
    (document,) = embeddings.embed_documents([QUESTION])
    assert document == embeddings.embed_query(QUESTION)
    assert np.linalg.norm(document) == pytest.approx(1.0, abs=1e-5)


def test_embeddings_serve_a_vector_store(assistant: Assistant) -> None:
    store = InMemoryVectorStore(ManualEmbeddings(assistant.index.encoder))
    store.add_texts(["Speak to the Domains team about zones.", "Ask in #rota-swaps about shifts."])
    assert "Domains" in store.similarity_search(QUESTION, k=1)[0].page_content


def test_the_retriever_gives_passages_word_for_word_best_first(assistant: Assistant) -> None:
    documents = ManualRetriever(assistant=assistant, k=2).invoke(QUESTION)
    assert documents[0].page_content == "Speak to the Domains team (#domains) if you need a new zone."
    assert documents[0].metadata["path"] == "source/manual/dns.html.md"
    assert documents[0].metadata["lines"] == [8, 8]
    scores = [document.metadata["score"] for document in documents]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(UserError, match="is empty"):
        ManualRetriever(assistant=assistant).invoke(" ")


def test_the_runnable_gives_the_answer(assistant: Assistant) -> None:
    runnable, wanted = WhoDoIAsk(assistant), assistant.answer(QUESTION).to_json()
    assert runnable.invoke(QUESTION) == runnable.invoke({"question": QUESTION}) == wanted
    assert runnable.batch([QUESTION, QUESTION]) == [wanted, wanted]
    assert asyncio.run(runnable.ainvoke(QUESTION)) == wanted
    assert list(runnable.stream(QUESTION)) == [wanted]
    chain = PromptTemplate.from_template("Who do I speak to about {matter}?") | (lambda said: said.text) | runnable
    assert chain.invoke({"matter": "a new DNS zone"}) == wanted


def test_the_runnable_leans_on_the_turns_before(assistant: Assistant) -> None:
    asked = {"question": "Who owns it?", "history": ["the support rota"]}
    assert WhoDoIAsk(assistant).invoke(asked) == assistant.answer("Who owns it?", ["the support rota"]).to_json()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("", "is empty"), ({"q": "a"}, '"q"'), ({}, "question"), ({"question": 5}, "question"), (5, "it")],
)
def test_what_is_no_question_is_refused_in_a_sentence(assistant: Assistant, said: Any, wrong: str) -> None:
    with pytest.raises(UserError, match=wrong):
        WhoDoIAsk(assistant).invoke(said)


def test_the_tool_gives_the_reply_and_the_answer_beside_it(assistant: Assistant) -> None:
    tool = ask_tool(assistant)
    assert set(tool.args) == {"question", "history"}
    message = tool.invoke(ToolCall(name=tool.name, args={"question": QUESTION}, id="1", type="tool_call"))
    assert message.content == message.artifact["markdown"]
    assert message.artifact == assistant.answer(QUESTION).to_json()
    json.dumps(message.artifact)


def test_a_model_that_asks_wrongly_is_told_so(assistant: Assistant) -> None:
    tool = ask_tool(assistant)
    message = tool.invoke(ToolCall(name=tool.name, args={"question": " "}, id="1", type="tool_call"))
    assert message.status == "error"
    assert "is empty" in message.content


def test_a_new_ingest_is_noticed(small_manual: Path, index_folder: Path) -> None:
    ingest(str(small_manual), index_folder, progress=silent)
    opened = Assistant.open(index_folder)
    retriever, runnable = ManualRetriever(assistant=opened, k=1), WhoDoIAsk(opened)
    page = small_manual / "source/manual/dues.html.md"
    page.write_text("# Harbour dues\n\nAsk in #harbour-dues about harbour dues.\n", "utf-8")
    ingest(str(small_manual), index_folder, progress=silent)
    assert retriever.invoke("harbour dues")[0].metadata["path"] == "source/manual/dues.html.md"
    assert runnable.invoke("Who do I ask about harbour dues?")["contacts"][0]["address"] == "#harbour-dues"
