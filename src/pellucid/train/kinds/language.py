"""Language: a file of text, each token of which is foretold from those before it."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from pellucid import random
from pellucid._files import write_json
from pellucid._tensor import Array, Tensor
from pellucid.data import DataError, DataLoader, LanguageModelWindows, Tokenizer, load_tokenizer, split_in_order
from pellucid.models import GPT, Model, RecurrentLanguageModel
from pellucid.nn import Module
from pellucid.nn import functional as F
from pellucid.train.batches import mean_loss
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.kinds.base import PARTS, Prepared, Run
from pellucid.train.kinds.tokens import fit_tokenizer, heads_of, layers_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LanguageRun", "NextTokenLoss", "PreparedText", "prepare_text", "read_text"]

JUDGED = 64  # windows at once: (windows, context, vocabulary) numbers come out


class NextTokenLoss(Module):
    """The mean cross-entropy over all places: outputs (N, T, V), targets (N, T)."""

    def forward(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Return it."""
        return F.cross_entropy(outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1))


@dataclass(frozen=True, kw_only=True)
class PreparedText(Prepared):
    """A text made ready for a language model.

    Attributes:
        texts: the three parts, in the order of the file.
        ids: their tokens.
        tokenizer: fitted on the training part only.
        context: tokens that are seen at once.
    """

    kind: ClassVar[str] = "language"
    noun: ClassVar[str] = "windows"
    texts: dict[str, str]
    ids: dict[str, Array]
    tokenizer: Tokenizer
    context: int

    def windows(self, name: str) -> LanguageModelWindows:
        """Return a part's windows, in training overlapping by half, so that each token is seen in two places."""
        step = max(1, self.context // 2) if name == "train" else self.context
        return LanguageModelWindows(self.ids[name], self.context, step)

    def sizes(self) -> dict[str, int]:
        return {name: len(self.windows(name)) for name in PARTS}

    def part(self, name: str) -> Any:
        windows = self.windows(name)
        return windows if name == "train" else DataLoader(windows, batch_size=JUDGED)

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        common = {"vocabulary": len(self.tokenizer), "dropout": config.dropout}
        if config.model in (None, "gpt"):
            size, layers = layers_of(config.hidden, (64, 64))
            sizes = {"context": self.context, "d_model": size, "heads": heads_of(size), "layers": layers}
            return {"kind": "GPT", **common, **sizes}
        size, layers = layers_of(config.hidden, (128,))
        sizes = {"embedding_size": size, "hidden_size": size, "num_layers": layers}
        return {"kind": "RecurrentLanguageModel", "cell": config.model, **common, **sizes}

    def loss(self, config: RunConfig) -> Module:
        return NextTokenLoss()

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        return _measured(loss, self.ids[part], self.texts[part]), np.empty(0)

    def baseline(self) -> dict[str, float]:
        counts = np.bincount(self.ids["train"], minlength=len(self.tokenizer)) + 1.0
        loss = -np.log(counts / counts.sum())[self.ids["test"]].mean()
        return _measured(float(loss), self.ids["test"], self.texts["test"])

    def guess(self) -> str:
        return "as often as in the training text, whatever stands before"

    def save(self, folder: Path) -> None:
        self.tokenizer.save(folder / "tokenizer.json")
        write_json(folder / "preprocessing.json", {"format": 1, "context": self.context})

    def example(self) -> Tensor:
        return Tensor(self.ids["train"][None, : self.context])

    def facts(self) -> dict[str, str]:
        kind = type(self.tokenizer).__name__.removesuffix("Tokenizer").lower()
        return {
            "data": self.name,
            "text": ", ".join(f"{len(self.texts[part]):,} characters {part}" for part in PARTS),
            "tokens": f"{len(self.tokenizer):,} different ones by {kind}, {self.context} are seen at once",
        }

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        headline = (
            f"On {len(self.texts['test']):,} characters that it had never seen, the network needs "
            f"{test['bits_per_character']:.3f} bits for each; knowing only how often each token comes, "
            f"{self.baseline()['bits_per_character']:.3f}."
        )
        return {"task": "other", "target": "the next token", "headline_text": headline}

    def findings(self, config: RunConfig) -> list[str]:
        unknown = int((self.ids["test"] == self.tokenizer.unknown_id).sum())
        if not unknown:
            return []
        return [f"{unknown} tokens of the test are unknown to the training text and count as one and the same."]


def _measured(loss: float, ids: Array, text: str) -> dict[str, float]:
    """Return bits for each character, which can be compared whatever the tokens, and the perplexity of a token."""
    return {"bits_per_character": loss / math.log(2) * len(ids) / len(text), "perplexity": math.exp(min(loss, 700))}


def read_text(path: Path) -> tuple[str, str]:
    """Return a file's text and digest.

    Raises:
        DataError: when the file is missing, empty or not UTF-8.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; check the path") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save it as UTF-8") from None
    if not text.strip():
        raise DataError(f"{path} is empty; a language model needs text")
    return text, hashlib.sha256(data).hexdigest()


def prepare_text(config: RunConfig) -> PreparedText:
    """Read a text and divide it in its order; the tokenizer sees the training part only.

    Raises:
        DataError: for a text that cannot be used or is too short.
        ConfigError: for settings that do not go with it.
    """
    for name in ("validation_size", "test_size"):
        if getattr(config, name) >= 1:
            raise ConfigError(f"{name} must be a share of the text, such as 0.1, got {getattr(config, name)}")
    text, digest = read_text(Path(config.data))
    parts = split_in_order(text, validation_size=config.validation_size, test_size=config.test_size)
    texts = dict(zip(PARTS, parts, strict=True))
    tokenizer = fit_tokenizer(config.tokenizer or "char", [texts["train"]], config.vocabulary, lowercase=False)
    ids = {name: np.array(tokenizer.encode(part), np.int64) for name, part in texts.items()}
    for name in PARTS:
        if len(ids[name]) < config.context + 1:
            raise DataError(
                f"the {name} part has {len(ids[name])} tokens, too few for a context of {config.context}; "
                "give more text, a smaller context, or other sizes"
            )
    return PreparedText(
        name=Path(config.data).name,
        sha256=digest,
        rows=sum(map(len, ids.values())),
        texts=texts,
        ids=ids,
        tokenizer=tokenizer,
        context=config.context,
    )


@dataclass(frozen=True, kw_only=True)
class LanguageRun(Run):
    """A network that writes.

    Attributes:
        tokenizer: as fitted on the training part.
    """

    tokenizer: Tokenizer

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        tokenizer = load_tokenizer(folder / "tokenizer.json")
        if not isinstance(model, (GPT, RecurrentLanguageModel)) or model.vocabulary != len(tokenizer):
            raise DataError(f"{folder / 'tokenizer.json'} does not belong to the model beside it; train again")
        return cls(folder=folder, config=config, model=model, tokenizer=tokenizer)

    def read(self, data: str) -> tuple[str, str]:
        return read_text(Path(data))

    def predict(self, data: str) -> "pd.DataFrame":
        raise DataError(f"a language model predicts no rows, it writes: pellucid generate {self.folder} --prompt '...'")

    def evaluate(self, data: str) -> dict[str, float]:
        """Return bits per character and perplexity on another text."""
        ids = np.array(self.tokenizer.encode(data), np.int64)
        windows = LanguageModelWindows(ids, self.config.context)
        loss = mean_loss(self.model, NextTokenLoss(), DataLoader(windows, batch_size=JUDGED))
        return {"characters": len(data)} | _measured(loss, ids, data)

    def generate(
        self,
        prompt: str,
        n: int,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        seed: int = 0,
    ) -> str:
        """Return the prompt with n more tokens; the same seed gives the same text.

        Raises:
            DataError: when the prompt holds nothing that the network knows.
            ValueError: when an option makes no sense.
        """
        ids = self.tokenizer.encode(prompt)
        if not ids or all(i == self.tokenizer.unknown_id for i in ids):
            raise DataError(f"the prompt {prompt!r} holds no token that the network has seen; give another one")
        model: Any = self.model
        with random.default_generator.at(seed, 0):
            written = model.generate([ids], n, temperature=temperature, top_k=top_k, top_p=top_p)[0]
        return prompt + self.tokenizer.decode(written[len(ids) :].tolist())
