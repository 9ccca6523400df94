"""CNNClassifier: a convolutional network for pictures that come as arrays."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import check_array

from pellucid._tensor import Array
from pellucid.estimators.augmentation import checked_augmentation, varied_loader
from pellucid.estimators.base import NeuralEstimator, Rows
from pellucid.estimators.classifying import Classifying
from pellucid.estimators.pictures import PictureShape, Scale
from pellucid.models import CNN
from pellucid.nn import Module
from pellucid.train import Callback

__all__ = ["CNNClassifier"]


class CNNClassifier(Classifying, NeuralEstimator):
    """Classes of pictures, by stages of convolution, normalisation and halving, then one linear layer.

    The network is `pellucid.models.CNN`, trained with cross-entropy. Each channel is brought to mean 0 and deviation 1
    by the training pictures' numbers; bytes are divided by 255 first.

    X: (n, h, w), (n, h, w, channels) or (n, channels, h, w), of bytes (uint8) or numbers; with `image_shape` also rows
    of pixels, (n, pixels). y: as every classifier here takes it.

    What differs from `MLPClassifier`: pictures of one size only, which a scaler before it would flatten; scikit-learn
    has no such estimator.

    Args:
        channels: how many channels each stage gives, such as (32, 64); None for as many stages as leave two or three
            pixels a side, of 32 channels at first and up to 256.
        activation: of the stages, a name in `pellucid.models.ACTIVATIONS`.
        image_shape: (h, w), (h, w, channels) or (channels, h, w) of one picture, where X has rows of pixels.
        layout: "hw", "hwc" or "chw"; "auto" takes the axis of size 1, 3 or 4 as the channels, and refuses what leaves
            a doubt.
        augment: how training pictures are varied anew in each epoch: "shift" (up to an eighth of the sides), "flip"
            (left and right), a list of these, or a function of (batch (n, c, h, w), numpy Generator).
        dropout: the probability with which an input of the linear layer is silenced in training.
        batch_norm: whether channels are normalised over the batch.
        solver: an optimizer's name, its class, or a function of (params, lr).
        alpha: strength of the L2 penalty alpha / (2 n) ||W||^2.
        batch_size: rows of a step; "auto" is min(64, n).
        learning_rate: a schedule's name; "cosine" falls to nothing in max_iter epochs, "constant" stays, and others.
        learning_rate_init: the learning rate at the beginning.
        max_iter: epochs at most.
        shuffle: whether each epoch has an order of its own.
        random_state: seed of weights, order, dropout and variation.
        tol: by how much an epoch must be better to count.
        verbose: whether progress is printed.
        warm_start: whether `fit` goes on with the network there is.
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
        image_shape_: (channels, height, width), as the network sees a picture.
        loss_curve_: the training loss of each epoch.

    Raises:
        ValueError: in `fit`, for parameters and pictures that make no sense.

    Example:
        >>> from sklearn.datasets import load_digits
        >>> X, y = load_digits(return_X_y=True)
        >>> model = CNNClassifier((8, 16), image_shape=(8, 8), random_state=0).fit(X[:500], y[:500])
        >>> bool(model.score(X[500:800], y[500:800]) > 0.9)
        True
    """

    def __init__(
        self,
        channels: Sequence[int] | None = None,
        activation: str = "relu",
        *,
        image_shape: Sequence[int] | None = None,
        layout: str = "auto",
        augment: Any = None,
        dropout: float = 0.25,
        batch_norm: bool = True,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "cosine",
        learning_rate_init: float = 0.003,
        max_iter: int = 30,
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
        self.channels = channels
        self.activation = activation
        self.image_shape = image_shape
        self.layout = layout
        self.augment = augment
        self.dropout = dropout
        self.batch_norm = batch_norm
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

    @property
    def image_shape_(self) -> tuple[int, int, int]:
        """(channels, height, width), as the network sees a picture."""
        return self._shape.input_shape

    def _check_inputs(self, X: Any, *, reset: bool) -> Array:
        who = type(self).__name__
        _refuse_unequal(X, who)
        array = check_array(
            X, dtype="numeric", allow_nd=True, ensure_2d=False, ensure_all_finite=False, estimator=self, input_name="X"
        )
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{who}: pixels must be numbers, got {array.dtype}")
        _refuse_missing(array, who)
        if reset:
            self._shape = PictureShape.told(array, self.layout, self.image_shape, who)
        self._shape.channels_first(array, who)
        return array

    def _learn_inputs(self, X: Array) -> None:
        self._scale = Scale.fit(self._shape.channels_first(X, type(self).__name__))

    def _network_inputs(self, X: Array) -> Array:
        who = type(self).__name__
        return self._scale(self._shape.channels_first(X, who), who)

    def _build_network(self, n_outputs: int) -> Module:
        return CNN(self.image_shape_, n_outputs, self.channels, self.activation, self.dropout, self.batch_norm)

    def _training_data(self, data: Rows, *, batch_size: int, seed: int) -> Any:
        variations = checked_augmentation(self.augment)
        if not variations:
            return super()._training_data(data, batch_size=batch_size, seed=seed)
        return varied_loader(self._row_data(*data), variations, batch_size=batch_size, shuffle=self.shuffle, seed=seed)

    def _batch_size(self, rows: int) -> int:
        return min(64 if self.batch_size == "auto" else int(self.batch_size), rows)

    def _state(self) -> dict[str, Any]:
        shape = {"layout": self._shape.layout, "given": list(self._shape.given), "flat": self._shape.flat}
        return {"shape": shape, "scale": self._scale.to_json()}

    def _set_state(self, state: dict[str, Any]) -> None:
        shape = state["shape"]
        self._shape = PictureShape(shape["layout"], tuple(shape["given"]), shape["flat"])
        self._scale = Scale.from_json(state["scale"])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        tags.input_tags.three_d_array = True
        return tags


def _refuse_unequal(X: Any, who: str) -> None:
    """Refuse a list of pictures of several sizes, of which NumPy says only that it is inhomogeneous."""
    if isinstance(X, (list, tuple)) and all(isinstance(x, np.ndarray) for x in X):
        odd = next((i for i, x in enumerate(X) if x.shape != X[0].shape), None)
        if odd is not None:
            raise ValueError(
                f"{who}: all pictures have one size; picture 0 has {X[0].shape}, picture {odd} has {X[odd].shape}: "
                "resize them first"
            )


def _refuse_missing(X: Array, who: str) -> None:
    if X.dtype.kind != "f":
        return
    finite = np.isfinite(X)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        what = "NaN" if np.isnan(X[place]) else "infinity"
        raise ValueError(f"{who}: picture {place[0]} holds {what} at {place[1:]}; drop the picture or mend it")
