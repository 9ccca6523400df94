"""Pictures: one folder for each class."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from pellucid._extras import require
from pellucid._files import write_json
from pellucid._tensor import Array, Tensor
from pellucid.data import (
    DataError,
    DataLoader,
    ImageArrays,
    ImageFiles,
    ImageFolder,
    Split,
    Target,
    read_image,
    split_rows,
    transforms,
)
from pellucid.data.image_files import is_image_file
from pellucid.models import Model
from pellucid.nn import Module
from pellucid.train.config import ConfigError, RunConfig
from pellucid.train.evaluation import accuracy, baseline
from pellucid.train.kinds import answers
from pellucid.train.kinds.base import Prepared, Run
from pellucid.train.kinds.stored import read_state

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ImageRun", "PreparedImages", "Shown", "prepare_images"]

LARGEST = 64  # pixels a side where none are asked for: what a processor trains on in minutes
_PARTS = {"train", "training", "test", "testing", "val", "valid", "validation"}


@dataclass(frozen=True)
class Shown:
    """How pictures are shown to a network: size, channels, and the numbers that scale them.

    Attributes:
        size: pixels a side.
        mode: "L" for grey, "RGB" for colour.
        mean: of each channel, over the training pictures.
        std: the same.
    """

    size: int
    mode: str
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def fitted(self) -> transforms.Compose:
        """Return what brings a picture to the size, cutting off what is not square."""
        return transforms.Compose([transforms.Resize(self.size), transforms.CenterCrop(self.size)])

    def numbers(self, *, vary: bool = False) -> transforms.Compose:
        """Return what makes numbers of a picture of the right size, in training with a little variation."""
        varied: list[Any] = []
        if vary:
            varied = [
                transforms.RandomCrop(self.size, padding=max(1, self.size // 8)),
                transforms.RandomHorizontalFlip(),
                transforms.RandomRotation(10, interpolation="bilinear"),
            ]
        return transforms.Compose([*varied, transforms.ToArray(), transforms.Normalize(self.mean, self.std)])


@dataclass(frozen=True, kw_only=True)
class PreparedImages(Prepared):
    """Pictures made ready for training.

    Attributes:
        images: uint8 (rows, size, size) or (rows, size, size, 3).
        y: (rows,) class indices.
        split: which pictures are for training, validation and test.
        target: the classes.
        shown: how they are shown to the network; its numbers are those of the training pictures.
        augment: whether training pictures are varied.
    """

    kind: ClassVar[str] = "images"
    noun: ClassVar[str] = "pictures"
    images: Array
    y: Array
    split: Split
    target: Target
    shown: Shown
    augment: bool

    def sizes(self) -> dict[str, int]:
        return self.split.sizes()

    def part(self, name: str) -> Any:
        rows = getattr(self.split, name)
        vary = self.augment and name == "train"
        pictures = ImageArrays(self.images[rows], self.y[rows], self.shown.numbers(vary=vary))
        return pictures if name == "train" else DataLoader(pictures, batch_size=256)

    def model_settings(self, config: RunConfig) -> dict[str, Any]:
        if self.shown.size < 4:
            raise ConfigError(f"image_size must be at least 4, got {self.shown.size}")
        return {
            "kind": "CNN",
            "input_shape": [len(self.shown.mean), self.shown.size, self.shown.size],
            "num_classes": self.target.n_classes,
            "channels": None if config.hidden is None else list(config.hidden),
            "activation": config.activation,
            "dropout": config.dropout,
            "batch_norm": config.batch_norm,
        }

    def loss(self, config: RunConfig) -> Module:
        return answers.loss_of(self.target, config, self.y[self.split.train])

    def metrics(self) -> dict[str, Any]:
        return {"accuracy": accuracy}

    def score(self, model: Model, part: str, loss: float) -> tuple[dict[str, float], Array]:
        rows = getattr(self.split, part)
        outputs = _outputs(model, ImageArrays(self.images[rows], None, self.shown.numbers()), self.target)
        return answers.scores(self.y[rows], outputs, self.target), outputs

    def baseline(self) -> dict[str, float]:
        return baseline(self.y[self.split.train], self.y[self.split.test], classification=True)

    def guess(self) -> str:
        return "the training pictures' most frequent class"

    def save(self, folder: Path) -> None:
        shown = {"size": self.shown.size, "mode": self.shown.mode, "mean": self.shown.mean, "std": self.shown.std}
        write_json(folder / "preprocessing.json", {"format": 1, **shown})

    def target_json(self) -> dict[str, Any]:
        return self.target.to_json()

    def example(self) -> Tensor:
        return Tensor(self.shown.numbers()(self.images[0])[None])

    def facts(self) -> dict[str, str]:
        channels = "grey" if self.shown.mode == "L" else "colour"
        return {
            "data": self.name,
            "target": answers.told(self.target, self.y),
            "pictures": ", ".join(f"{n:,} {part}" for part, n in self.sizes().items()),
            "shown": f"{self.shown.size} x {self.shown.size} pixels, {channels}" + ", varied" * self.augment,
        }

    def answers(self, outputs: Array, test: Mapping[str, float]) -> dict[str, Any]:
        return answers.report_of(self.target, self.y[self.split.test], outputs)

    def findings(self, config: RunConfig) -> list[str]:
        train = {self.images[i].tobytes() for i in self.split.train}
        copies = sum(self.images[i].tobytes() in train for i in self.split.test)
        found = []
        if copies:
            found.append(
                f"{copies} of {len(self.split.test)} test pictures look the same as a training picture: the test may "
                "look better than new pictures will; remove the copies."
            )
        return found + answers.rare_classes(self.target, self.y[self.split.train], config)


def _outputs(model: Model, pictures: Any, target: Target) -> Array:
    """Return the probabilities for pictures, some at a time, so that their numbers need not all be in memory."""
    parts = []
    for start in range(0, len(pictures), 256):
        X = np.stack([pictures[i] for i in range(start, min(start + 256, len(pictures)))])
        parts.append(answers.outputs_of(model, X, target))
    return np.concatenate(parts)


def prepare_images(config: RunConfig) -> PreparedImages:
    """Read every picture of a folder once, and divide them; the scaling is that of the training pictures.

    Raises:
        DataError: for a folder or picture that cannot be used.
    """
    root = Path(config.data)
    folder = ImageFolder(root)
    if len(folder.classes) > 1 and {name.lower() for name in folder.classes} <= _PARTS:
        raise DataError(
            f"{root} holds the folders {', '.join(folder.classes)}, which are parts and no classes; "
            f"train on one of them, as in {root / folder.classes[0]}, which is divided for validation and test"
        )
    if len(folder.classes) < 2:
        raise DataError(f"{root} has one class only, {folder.classes[0]!r}; two or more are needed")
    digest, shapes, modes = hashlib.sha256(), [], set()
    pil = require("PIL.Image", "images")
    for path, _ in folder.samples:
        digest.update(f"{Path(path).relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
        read_image(path, "RGB")  # names a damaged one before anything is begun
        with pil.open(path) as opened:
            shapes.append(min(opened.size))
            modes.add(opened.mode)
    grey = modes <= {"1", "L", "LA", "I;16", "I;16B", "I;16L"}
    size = config.image_size or min(LARGEST, int(np.median(shapes)))
    shown = Shown(size, "L" if grey else "RGB")
    y = np.array(folder.targets)
    images = np.stack([_pixels(path, shown) for path, _ in folder.samples])
    split = split_rows(
        len(y),
        labels=y,
        class_names=folder.classes,
        test_size=config.test_size,
        validation_size=config.validation_size,
        stratify=config.stratify,
        seed=config.seed,
    )
    seen = images[split.train].reshape(len(split.train), size * size, -1).astype(np.float64) / 255
    mean, std = seen.mean(axis=(0, 1)), seen.std(axis=(0, 1))
    shown = Shown(size, shown.mode, tuple(mean.tolist()), tuple(np.where(std > 0, std, 1.0).tolist()))
    task = "binary" if len(folder.classes) == 2 else "multiclass"
    return PreparedImages(
        name=root.name or str(root),
        sha256=digest.hexdigest(),
        rows=len(y),
        images=images,
        y=y,
        split=split,
        target=Target("class", task, tuple(folder.classes)),  # type: ignore[arg-type] # one of Task's
        shown=shown,
        augment=config.augment,
    )


def _pixels(path: str, shown: Shown) -> Array:
    return np.asarray(shown.fitted()(read_image(path, shown.mode)))


@dataclass(frozen=True, kw_only=True)
class ImageRun(Run):
    """A network that looks at pictures.

    Attributes:
        shown: how they are shown to it.
        target: the classes.
    """

    shown: Shown
    target: Target

    @classmethod
    def load(cls, folder: Path, config: RunConfig, model: Model, described: Mapping[str, Any]) -> Self:
        state = read_state(folder, {"size": int, "mode": str, "mean": list, "std": list})
        if state["mode"] not in ("L", "RGB"):
            raise DataError(f"{folder / 'preprocessing.json'} is damaged: mode {state['mode']!r}")
        shown = Shown(state["size"], state["mode"], tuple(state["mean"]), tuple(state["std"]))
        target = Target.from_json(described["target"])
        return cls(folder=folder, config=config, model=model, shown=shown, target=target)

    def read(self, data: str) -> tuple[list[Path], str]:
        root = Path(data)
        if not root.exists():
            raise DataError(f"{data} does not exist; give a picture or a folder of pictures")
        files = [root] if root.is_file() else sorted(p for p in root.rglob("*") if p.is_file() and is_image_file(p))
        if not files:
            raise DataError(f"{data} holds no pictures")
        return files, ""

    def outputs(self, paths: list[Path]) -> Array:
        """Return probabilities (n, C) for the pictures in files."""
        show = transforms.Compose([self.shown.fitted(), self.shown.numbers()])
        return _outputs(self.model, ImageFiles(paths, transform=show, mode=self.shown.mode), self.target)

    def predict(self, data: list[Path]) -> "pd.DataFrame":
        """Return a table of the files with `prediction` and `probability_NAME`."""
        pd = require("pandas", "tabular")
        return pd.DataFrame({"file": [str(p) for p in data], **answers.class_columns(self.outputs(data), self.target)})

    def evaluate(self, data: list[Path]) -> dict[str, float]:
        """Return the metrics for pictures each of which lies in a folder named as its class."""
        index = {name: i for i, name in enumerate(self.target.classes)}
        y = []
        for path in data:
            found = [index[part] for part in path.parts[:-1] if part in index]
            if not found:
                known = ", ".join(map(repr, self.target.classes[:10]))
                raise DataError(f"{path} lies in no folder named as a class; known are {known}")
            y.append(found[-1])
        return {"rows": len(y)} | answers.scores(np.array(y), self.outputs(data), self.target)
