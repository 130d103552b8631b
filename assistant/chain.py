"""The assistant as LangChain knows its parts: the encoder as embeddings, retrieval as a retriever, the answers as a
runnable and as a tool. The one door to langchain-core.

The question path itself does not pass through here: importing langchain-core takes longer than an answer.
"""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, Field

from assistant.errors import UserError
from assistant.flow import Assistant
from assistant.outside import Whole, read_as
from ingest.encoder.onnx import Encoder

ABOUT_TOOL = (
    "Whom to ask, on which channel, in this organisation, with the lines of its manual that say so, and what to do "
    "when that fails. Call it before naming any team, person or channel, and name only those that it names."
)


class ManualEmbeddings(Embeddings):
    """The index's encoder: unit vectors, the same bytes for the same text. The evaluation's textbook chain embeds with
    it, so that it differs from the assistant in all but the model."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._encoder.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._encoder.embed_query(text).tolist()
        return vector


class ManualRetriever(BaseRetriever):
    """The passages that come nearest to a question by words and vectors, best first, of the newest index.

    A document's text is the passage as it stands in the manual; its metadata are `path`, `title`, `heading`, `anchor`,
    `lines`, `url`, `owner`, `score` and `evidence` (cosine similarity and word coverage). UserError for an empty or
    over-long question, and for an index that cannot be read.
    """

    assistant: Any
    """An `Assistant`."""
    k: int = Field(default=5, ge=1)
    """The most passages."""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        self.assistant.refresh()
        found = self.assistant.seen(query, (), self.k)["passages"]
        return [Document(passage.pop("quote"), metadata=passage) for passage in found]


class Asked(BaseModel, extra="forbid"):
    """A question, and what the same person asked before."""

    question: Whole = Field(description="The question as the person asked it, up to 2,000 characters.")
    history: tuple[Whole, ...] = Field(default=(), description="The questions before it, oldest first.")


class WhoDoIAsk(Runnable[str | dict[str, Any], dict[str, Any]]):
    """A question in, the answer's JSON object out, as `whodoiask ask --json` prints it: of the newest index.

    Takes the question as a string, or {"question", "history"}. UserError for anything else, for an empty or over-long
    question, and for an index that cannot be read.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def invoke(self, input: str | dict[str, Any], config: RunnableConfig | None = None, **_: Any) -> dict[str, Any]:  # noqa: A002
        return self._call_with_config(self._answer, input, config)

    def _answer(self, said: str | dict[str, Any]) -> dict[str, Any]:
        asked = read_as(Asked, {"question": said} if isinstance(said, str) else said, "The input")
        self._assistant.refresh()
        return self._assistant.answer(asked.question, asked.history).to_json()


def ask_tool(assistant: Assistant) -> BaseTool:
    """The assistant as a tool for a model: its content is the reply as a person reads it, its artifact the answer's
    JSON object. What a model asks wrongly, it is told in a sentence."""
    answer = WhoDoIAsk(assistant)

    def who_do_i_ask(question: str, history: tuple[str, ...] = ()) -> tuple[str, dict[str, Any]]:
        try:
            given = answer.invoke({"question": question, "history": history})
        except UserError as error:
            raise ToolException(str(error)) from error
        return given["markdown"], given

    return StructuredTool.from_function(
        who_do_i_ask,
        description=ABOUT_TOOL,
        args_schema=Asked,
        response_format="content_and_artifact",
        handle_tool_error=True,
    )
