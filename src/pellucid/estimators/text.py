"""TextClassifier: a network that reads texts."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pellucid._suggest import nearest
from pellucid._tensor import Array
from pellucid.data.tokenizers import TOKENIZERS, Tokenizer
from pellucid.estimators.base import NeuralEstimator
from pellucid.estimators.classifying import Classifying
from pellucid.estimators.parameters import at_least, between, flag, or_none, whole
from pellucid.estimators.sequence import equal_sizes
from pellucid.estimators.texts import TokenReader, as_texts, fitted_tokenizer, token_ids
from pellucid.models import TextClassifier as TextNetwork
from pellucid.models import TransformerClassifier
from pellucid.nn import Module
from pellucid.train import Callback, GradientNormClipping
from pellucid.train.kinds.tokens import heads_of

__all__ = ["TextClassifier"]

_CELLS = ("lstm", "gru", "rnn", "attention", "mean")


class TextClassifier(Classifying, NeuralEstimator):
    """Classes of texts: a tokenizer, a vector for each token, and a network that reads them in their order.

    Tokens are those of the training texts; what they have not is read as one "unknown" token. With `cell` "lstm",
    "gru" or "rnn", the state after the last token answers; with "attention", layers of self-attention and the mean of
    what they give; with "mean", the mean of the tokens' vectors, in which order plays no part. Padding never changes
    an answer.

    X: a list, 1-D array or pandas Series of strings. A text without any token, such as "", is read as one unknown
    token; None and NaN are refused. y: as every classifier here takes it.

    What differs from a pipeline with CountVectorizer: order counts; scikit-learn has no such estimator.

    Args:
        hidden_layer_sizes: units of each layer of the cell, all the same; "mean" has none. With "attention", the size
            of the vectors inside.
        cell: "lstm", "gru", "rnn", "attention" or "mean".
        tokenizer: "word" (words and signs), "char" or "bpe" (byte pairs, which know every text).
        max_features: tokens at most, the most frequent ones; None for all, with "bpe" for 2,000.
        min_count: words or characters that come less often are unknown.
        lowercase: whether capitals are read as small letters.
        max_length: tokens of a text that are read; None for all.
        embedding_size: the size of a token's vector; None for the first of hidden_layer_sizes.
        bidirectional: whether the cell reads in both directions.
        dropout: the probability with which an element is silenced in training.
        word_dropout: the probability with which a token is read as unknown in training (Iyyer et al., 2015).
        max_grad_norm: gradients are scaled to this norm at most; None for no bound.
        solver: an optimizer's name, its class, or a function of (params, lr).
        alpha: strength of the L2 penalty alpha / (2 n) ||W||^2.
        batch_size: rows of a step; "auto" is min(32, n).
        learning_rate: a schedule's name: "constant", "cosine", "onecycle" and others.
        learning_rate_init: the learning rate at the beginning.
        max_iter: epochs at most.
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, order and dropout.
        tol: by how much an epoch must be better to count.
        verbose: whether progress is printed.
        warm_start: whether `fit` goes on with the network and the tokens there are.
        early_stopping: whether training ends by the score on rows set aside, and keeps the best weights.
        validation_fraction: the share of rows set aside for that.
        n_iter_no_change: how many epochs in a row may be no better.
        loss: "log_loss", or a loss of `pellucid.nn`.
        class_weight: "balanced", a dict of weights by class, or None.
        calibration: None, or "temperature", which calibrates probabilities on the held-out rows, as in `MLPClassifier`.
        callbacks: further callbacks of `pellucid.train`.

    Attributes:
        classes_: the labels.
        model_: the network.
        tokenizer_: what makes tokens of a text, a `pellucid.data.Tokenizer`.
        loss_curve_: the training loss of each epoch.

    Raises:
        ValueError: in `fit`, for parameters and texts that make no sense; for a missing text anywhere, naming the row.
        TypeError: for rows that are no text.

    Example:
        >>> texts = ["good film", "bad film", "so good", "so bad", "not good", "not bad"] * 5
        >>> model = TextClassifier((16,), cell="gru", learning_rate="cosine", learning_rate_init=0.01, random_state=0)
        >>> model = model.fit(texts, ["+", "-", "+", "-", "-", "+"] * 5)
        >>> model.predict(["good", "not good", "not bad"]).tolist()
        ['+', '-', '+']
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int = (64,),
        *,
        cell: str = "lstm",
        tokenizer: str = "word",
        max_features: int | None = None,
        min_count: int = 1,
        lowercase: bool = True,
        max_length: int | None = 256,
        embedding_size: int | None = None,
        bidirectional: bool = False,
        dropout: float = 0.3,
        word_dropout: float = 0.0,
        max_grad_norm: float | None = 1.0,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.003,
        max_iter: int = 50,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        loss: Callable[..., Any] | str = "log_loss",
        class_weight: Any = None,
        calibration: str | None = None,
        callbacks: Iterable[Callback] | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.cell = cell
        self.tokenizer = tokenizer
        self.max_features = max_features
        self.min_count = min_count
        self.lowercase = lowercase
        self.max_length = max_length
        self.embedding_size = embedding_size
        self.bidirectional = bidirectional
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.max_grad_norm = max_grad_norm
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.loss = loss
        self.class_weight = class_weight
        self.calibration = calibration
        self.callbacks = callbacks

    def _rules(self) -> dict[str, Any]:
        return super()._rules() | {
            "min_count": whole(1),
            "lowercase": flag,
            "max_length": or_none(whole(1)),
            "embedding_size": or_none(whole(1)),
            "bidirectional": flag,
            "word_dropout": between(0, 1),
            "max_grad_norm": or_none(at_least(0, above=True)),
        }

    def _check_inputs(self, X: Any, *, reset: bool) -> list[str]:  # noqa: ARG002 - there is nothing to compare
        return as_texts(X, type(self).__name__)

    def _learn_inputs(self, X: list[str]) -> None:
        self.tokenizer_: Tokenizer = fitted_tokenizer(
            self.tokenizer, X, self.max_features, self.min_count, lowercase=self.lowercase
        )

    def _network_inputs(self, X: list[str]) -> Array:
        return token_ids(self.tokenizer_, X, self.max_length, lowercase=self.lowercase)

    def _build_network(self, n_outputs: int) -> Module:
        if self.cell not in _CELLS:
            raise ValueError(f"TextClassifier has no cell {self.cell!r}{nearest(str(self.cell), _CELLS)}")
        size, layers = equal_sizes("TextClassifier", self.hidden_layer_sizes)
        tokens = len(self.tokenizer_)
        if self.cell == "attention":
            return TokenReader(self._transformer(n_outputs, tokens, size, layers), self.word_dropout)
        net = TextNetwork(
            n_outputs,
            tokens,
            self.embedding_size or size,
            size,
            self.cell,
            layers,
            self.bidirectional,
            self.dropout,
        )
        return TokenReader(net, self.word_dropout)

    def _transformer(self, n_outputs: int, tokens: int, size: int, layers: int) -> TransformerClassifier:
        if self.max_length is None:
            raise ValueError("cell='attention' needs max_length, a number: each place has a vector of its own")
        if self.bidirectional or self.embedding_size not in (None, size):
            raise ValueError(
                "cell='attention' sees all places at once and has vectors of one size: leave out bidirectional and "
                "embedding_size"
            )
        return TransformerClassifier(
            n_outputs, tokens, self.max_length, size, heads_of(size), layers, 2 * size, self.dropout
        )

    def _batch_size(self, rows: int) -> int:
        return min(32 if self.batch_size == "auto" else int(self.batch_size), rows)

    def _callbacks(self) -> list[Callback]:
        clipping = [] if self.max_grad_norm is None else [GradientNormClipping(self.max_grad_norm)]
        return [*clipping, *super()._callbacks()]

    def _state(self) -> dict[str, Any]:
        return {"tokenizer": {"kind": self.tokenizer_.kind, **self.tokenizer_.state()}}

    def _set_state(self, state: dict[str, Any]) -> None:
        self.tokenizer_ = TOKENIZERS[state["tokenizer"]["kind"]].from_state(state["tokenizer"])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags
