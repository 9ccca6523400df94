"""Texts with labels: one column of a table is read, another one is predicted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pellucid._files import write_json
from pellucid._tensor import Array, Tensor
from pellucid.data import DataError, Split, Target, Tokenizer, load_tokenizer, pad_batch, separate_target, split_rows
from pellucid.data.errors import cell
from pellucid.models import Model
from pellucid.nn import Module
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import accuracy, baseline
from pellucid.train.kinds import answers
from pellucid.train.kinds.base import Prepared, Run, with_columns
from pellucid.train.kinds.stored import read_state
from pellucid.train.kinds.table_source import read_source, source_of, take_columns
from pellucid.train.kinds.tokens import fit_tokenizer, heads_of, layers_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreparedSentences", "SentenceRun", "prepare_sentences"]


@dataclass(frozen=True, kw_only=True)
class PreparedSentences(Prepared):
    """Texts made ready for training.

    Attributes:
        dropped: rows left out because their target is missing.
        split: which texts are for training, validation and test.
        tokenizer: fitted on the training texts only.
        target: the classes, or mean and scale of the training rows' numbers.
        labels: the target as read.
        ids: (rows - dropped, T) int64, filled up with 0.
        cut: how many texts were longer than T.
        y: class indices, or standardised numbers.
    """

    kind: ClassVar[str] = "sentences"
    noun: ClassVar[str] = "texts"
    dropped: int
    split: Split
    tokenizer: Tokenizer
    target: Target
    labels: "pd.Series[Any]"
    ids: Array
    cut: int
    y: Array

    def sizes(self) -> dict[str, int]:
        return self.split.sizes()

    def part(self, name: str) -> tuple[Array, Array]:
        rows = getattr(self.split, name)
        return self.ids[rows], self.y[rows]

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        model = config.model or "lstm"
        common = {
            "n_classes": self.target.n_outputs,
            "vocabulary": len(self.tokenizer),
            "dropout": config.dropout,
        }
        if model == "transformer":
            size, layers = layers_of(config.hidden, (64, 64))
            sizes = {"max_length": self.ids.shape[1], "d_model": size, "heads": heads_of(size), "layers": layers}
            return {"kind": "TransformerClassifier", **common, **sizes}
        size, layers = layers_of(config.hidden, (64,))
        if model in ("attention", "mean") and layers > 1:
            raise ConfigError(f"hidden must be one number for model {model!r}, got {list(config.hidden or ())}")
        sizes = {"embedding_size": size, "hidden_size": size, "num_layers": layers}
        return {"kind": "TextClassifier", "pooling": model, **common, **sizes}

    def loss(self, config: RunConfig) -> Module:
        return answers.loss_of(self.target, config, self.part("train")[1])

    def metrics(self) -> dict[str, Any]:
        return {"accuracy": accuracy} if self.target.is_classification else {}

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        ids, y = self.part(part)
        outputs = answers.outputs_of(model, ids, self.target, batch_size=256)
        return answers.scores(y, outputs, self.target), outputs

    def baseline(self) -> dict[str, float]:
        y_train, y_test = (answers.truth(self.part(part)[1], self.target) for part in ("train", "test"))
        return baseline(y_train, y_test, classification=self.target.is_classification)

    def guess(self) -> str:
        return "the training texts' " + ("most frequent class" if self.target.is_classification else "average")

    def save(self, folder: Path) -> None:
        self.tokenizer.save(folder / "tokenizer.json")
        write_json(folder / "preprocessing.json", {"format": 1, "length": self.ids.shape[1]})

    def target_json(self) -> dict[str, Any]:
        return self.target.to_json()

    def example(self) -> Tensor:
        return Tensor(self.ids[:1])

    def facts(self) -> dict[str, str]:
        dropped = f", {self.dropped:,} left out because their target is missing" if self.dropped else ""
        return {
            "data": self.name,
            "target": answers.told(self.target, self.labels),
            "texts": ", ".join(f"{n:,} {part}" for part, n in self.sizes().items()) + dropped,
            "tokens": f"{len(self.tokenizer):,} different ones, {self.ids.shape[1]} of a text at most",
        }

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        left_out = {"the target is missing": self.dropped} if self.dropped else None
        return answers.report_of(self.target, self.part("test")[1], outputs) | {"rows_left_out": left_out}

    def findings(self, config: RunConfig) -> list[str]:
        found = []
        if self.dropped:
            found.append(f"{self.dropped} texts were left out because their target is missing.")
        if self.cut:
            found.append(
                f"{self.cut} texts are longer than {self.ids.shape[1]} tokens, and their ends are not read; "
                "raise max_length if the end matters."
            )
        train = {row.tobytes() for row in self.ids[self.split.train]}
        copies = sum(row.tobytes() in train for row in self.ids[self.split.test])
        if copies:
            found.append(
                f"{copies} of {len(self.split.test)} test texts are the same as a training text: the test may look "
                "better than new texts will; drop duplicates."
            )
        return found + answers.rare_classes(self.target, self.part("train")[1], config)


def prepare_sentences(config: RunConfig) -> PreparedSentences:
    """Read a table's texts and labels; the tokenizer sees the training texts only.

    Raises:
        DataError: for data that cannot be used.
        ConfigError: for settings that do not go with the data.
    """
    frame, digest, _ = source_of(config.data)
    if config.target is None:
        raise ConfigError(f"target is missing: which column of {config.data} is to be predicted?")
    if config.text_column == config.target:
        raise ConfigError(f"text_column and target are both {config.target!r}; what is predicted cannot be read")
    features, labels, dropped = separate_target(frame, config.target)
    texts = _texts_of(features, str(config.text_column))
    whole = Target.infer(labels, config.task)
    _, key = take_columns(features, config)
    ordering = {"time": "order", "group": "groups"}.get(config.split)
    split = split_rows(
        len(labels),
        labels=whole.transform(labels) if whole.is_classification else None,
        class_names=whole.classes or None,
        test_size=config.test_size,
        validation_size=config.validation_size,
        method=config.split,  # type: ignore[arg-type] # checked by RunConfig
        stratify=config.stratify,
        seed=config.seed,
        **({ordering: key} if ordering else {}),
    )
    target = whole.refit(labels.iloc[split.train])
    tokenizer = fit_tokenizer(config.tokenizer or "word", [texts[i] for i in split.train], config.vocabulary)
    encoded = [tokenizer.encode(text) for text in texts]
    length = min(config.max_length, max(len(encoded[i]) for i in split.train))
    return PreparedSentences(
        name=Path(config.data).name,
        sha256=digest,
        rows=len(frame),
        dropped=dropped,
        split=split,
        tokenizer=tokenizer,
        target=target,
        labels=labels,
        ids=_padded(encoded, length),
        cut=sum(len(ids) > length for ids in encoded),
        y=target.transform(labels),
    )


def _padded(encoded: list[list[int]], length: int) -> Array:
    return pad_batch(encoded, max_length=length, length=length).ids.array


def _texts_of(frame: "pd.DataFrame", column: str) -> list[str]:
    """Return a column's texts, none of them empty.

    Raises:
        DataError: when there is no such column, or a text is missing or white space only, naming the row.
    """
    if column not in frame.columns:
        raise DataError(f"there is no column {column!r}; the columns are {', '.join(map(str, frame.columns))}")
    series = frame[column]
    texts = ["" if missing else str(text) for text, missing in zip(series, series.isna(), strict=True)]
    for i, text in enumerate(texts):
        if not text.strip():
            raise DataError(f"{cell(series, i)}: the text is missing; fill it or drop the row")
    return texts


@dataclass(frozen=True, kw_only=True)
class SentenceRun(Run):
    """A network that reads texts.

    Attributes:
        tokenizer: as fitted on the training texts.
        length: tokens of a text that are read.
        target: the classes, or mean and scale.
    """

    tokenizer: Tokenizer
    length: int
    target: Target

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        return cls(
            folder=folder,
            config=config,
            model=model,
            tokenizer=load_tokenizer(folder / "tokenizer.json"),
            length=read_state(folder, {"length": int})["length"],
            target=Target.from_json(described["target"]),
        )

    def read(self, data: str) -> "tuple[pd.DataFrame, str]":
        return read_source(data)

    def outputs(self, texts: list[str]) -> Array:
        """Return probabilities (n, C), or predictions (n,) in the target's unit, of texts."""
        ids = _padded([self.tokenizer.encode(text) for text in texts], self.length)
        return answers.outputs_of(self.model, Tensor(ids), self.target, batch_size=256)

    def predict(self, data: "pd.DataFrame") -> "pd.DataFrame":
        """Return the table with the columns `prediction` and, for classes, `probability_NAME` added."""
        outputs = self.outputs(_texts_of(data, str(self.config.text_column)))
        return with_columns(data, answers.class_columns(outputs, self.target))

    def evaluate(self, data: "pd.DataFrame") -> dict[str, float]:
        """Return the metrics of the predictions for a table that has the target column too."""
        features, labels, dropped = separate_target(data, self.target.name)
        outputs = self.outputs(_texts_of(features, str(self.config.text_column)))
        found = answers.scores(self.target.transform(labels), outputs, self.target)
        return {"rows": len(labels), "dropped": dropped} | found
