"""DataLoader: batches of a dataset, in an order that can be repeated and resumed in the middle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pellucid._tensor import Tensor
from pellucid.data.datasets import Dataset, gather
from pellucid.random import Generator, default_generator, generator_for, key_for

__all__ = ["DataLoader", "default_collate"]


class DataLoader:
    """Batches of a dataset as tensors.

    Every `iter(loader)` is the next epoch. The order of epoch e is a function of (seed, "shuffle", e) and of
    nothing drawn before, so `state_dict` needs three numbers to continue in the middle of an epoch with the
    batches that an undisturbed loader would give. What samples draw from `pellucid.random` while a batch is
    made (pictures turned at random, say) is a function of (seed, epoch, batch) in the same way.

    What differs from PyTorch: `seed`, `state_dict` and `load_state_dict` are additions; batches are made in
    this process and thread. A `TensorDataset` is indexed once a batch, not once a sample.

    Args:
        dataset: a Dataset, or anything with a length and items.
        batch_size: rows in a batch; the last one may be shorter.
        shuffle: whether each epoch has an order of its own.
        collate_fn: what makes a batch of a list of samples; `default_collate` when None.
        drop_last: whether to leave out a short last batch.
        generator: where the seed comes from when `seed` is None; the default generator when None.
        seed: the seed of the orders.

    Raises:
        NotImplementedError: when `sampler`, `batch_sampler`, workers or another parameter of PyTorch is asked
            for that Pellucid lacks.
        ValueError: when `batch_size` is less than 1.

    Example:
        >>> from pellucid.data import TensorDataset
        >>> loader = DataLoader(TensorDataset(np.arange(5)), batch_size=2)
        >>> len(loader), [batch.tolist() for (batch,) in loader]
        (3, [[0, 1], [2, 3], [4]])
    """

    def __init__(
        self,
        dataset: Dataset[Any] | Sequence[Any],
        batch_size: int = 1,
        shuffle: bool | None = False,
        sampler: None = None,
        batch_sampler: None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: None = None,
        multiprocessing_context: None = None,
        generator: Generator | None = None,
        *,
        seed: int | None = None,
        prefetch_factor: None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        unsupported = {
            "sampler": sampler is not None,
            "batch_sampler": batch_sampler is not None,
            "num_workers": num_workers != 0,
            "pin_memory": pin_memory,
            "timeout": timeout != 0,
            "worker_init_fn": worker_init_fn is not None,
            "multiprocessing_context": multiprocessing_context is not None,
            "prefetch_factor": prefetch_factor is not None,
            "persistent_workers": persistent_workers,
            "pin_memory_device": bool(pin_memory_device),
            "in_order": not in_order,
        }
        for name, asked in unsupported.items():
            if asked:
                raise NotImplementedError(f"DataLoader does not support {name}; leave it at its default")
        if not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
            raise TypeError(
                f"a dataset has __len__ and __getitem__; {type(dataset).__name__} does not: "
                "derive it from pellucid.data.Dataset"
            )
        size: Any = batch_size
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"batch_size must be a whole number of at least 1, got {batch_size!r}")
        self.dataset = dataset
        self.batch_size = int(batch_size)
        self.shuffle = bool(shuffle)
        self.drop_last = bool(drop_last)
        self.collate_fn = collate_fn
        if seed is None:
            seed = (default_generator if generator is None else generator).next_seed()
        self.seed = int(seed)
        # The epoch and batch of the latest iterator, and where the next one starts.
        self._epoch = self._batch = 0
        self._start = (0, 0)

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        rows = len(self.dataset)
        return rows // self.batch_size if self.drop_last else -(-rows // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        """Begin the next epoch, or continue the one that `load_state_dict` gave."""
        self._epoch, self._batch = self._start
        self._start = (self._epoch + 1, 0)
        return self._batches(self._epoch, self._batch)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the rows in an epoch, a function of (seed, "shuffle", epoch)."""
        rows = len(self.dataset)
        return generator_for(self.seed, "shuffle", epoch).permutation(rows) if self.shuffle else np.arange(rows)

    def _batches(self, epoch: int, first: int) -> Iterator[Any]:
        order = self.order(epoch)
        for batch in range(first, len(self)):
            indices = order[batch * self.batch_size : (batch + 1) * self.batch_size]
            made = self._make(indices, epoch * len(self) + batch)
            # An older iterator that is still in use does not move the loader's place.
            if self._epoch == epoch:
                self._batch = batch + 1
            yield made

    def _make(self, indices: NDArray[np.int64], step: int) -> Any:
        if self.collate_fn is None:
            batch = gather(self.dataset, indices)
            if batch is not None:
                return batch
        # What samples draw depends on their batch and on nothing before it, as the order does.
        with default_generator.at(key_for(self.seed, "samples"), step):
            samples = [self.dataset[int(i)] for i in indices]
            return default_collate(samples) if self.collate_fn is None else self.collate_fn(samples)

    def state_dict(self) -> dict[str, int]:
        """Return the place: seed, epoch and how many of its batches were handed out.

        `rows` and `batch_size` are there to be checked when the state is loaded.

        Example:
            >>> loader = DataLoader(range(6), batch_size=2, shuffle=True, seed=1)
            >>> batches = iter(loader)
            >>> first = next(batches)
            >>> resumed = DataLoader(range(6), batch_size=2, shuffle=True)
            >>> resumed.load_state_dict(loader.state_dict())
            >>> [b.tolist() for b in resumed] == [b.tolist() for b in batches]
            True
        """
        finished = self._batch >= len(self)
        epoch, batch = self._start if finished else (self._epoch, self._batch)
        return {
            "seed": self.seed,
            "epoch": epoch,
            "batch": batch,
            "rows": len(self.dataset),
            "batch_size": self.batch_size,
        }

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Make the next `iter(loader)` continue at a place that `state_dict` gave.

        Raises:
            ValueError: when a number is missing or impossible, or was counted for another dataset or batch
                size.
        """
        lacking = [key for key in ("seed", "epoch", "batch") if key not in state]
        if lacking:
            raise ValueError(f"the loader's state lacks {', '.join(lacking)}; it has {', '.join(state) or 'nothing'}")
        for key, mine in (("rows", len(self.dataset)), ("batch_size", self.batch_size)):
            if state.get(key, mine) != mine:
                raise ValueError(
                    f"the loader's state was counted with {key} {state[key]}, this loader has {mine}; "
                    "resume with the same data and batch size"
                )
        if state["epoch"] < 0 or not 0 <= state["batch"] <= len(self):
            raise ValueError(
                f"epoch must be at least 0 and batch in 0..{len(self)}; "
                f"got epoch {state['epoch']}, batch {state['batch']}"
            )
        self.seed = int(state["seed"])
        self._start = (int(state["epoch"]), int(state["batch"]))
        self._epoch, self._batch = self._start


def default_collate(samples: Sequence[Any]) -> Any:
    """Make one batch of a list of samples, part by part, as PyTorch does.

    Tensors and arrays are stacked along a new first axis; numbers become a tensor (float64, int64 or bool);
    text stays a list; tuples and lists become a list of batches, dicts a dict of batches.

    Raises:
        ValueError: when samples differ in shape, length or keys.
        TypeError: when a part is none of these.

    Example:
        >>> default_collate([(1.5, "a"), (2.5, "b")])
        [tensor([1.5000, 2.5000], dtype=float64), ['a', 'b']]
    """
    if not len(samples):
        raise ValueError("a batch needs at least one sample")
    first = samples[0]
    if isinstance(first, (Tensor, np.ndarray, np.generic)):
        return _stack(samples)
    if isinstance(first, (bool, int, float)):
        return Tensor(np.array(samples))
    if isinstance(first, (str, bytes)):
        return list(samples)
    if isinstance(first, Mapping):
        for sample in samples:
            if set(sample) != set(first):
                raise ValueError(f"samples have different keys: {sorted(first)} and {sorted(sample)}")
        return {key: default_collate([sample[key] for sample in samples]) for key in first}
    if isinstance(first, (tuple, list)):
        lengths = {len(sample) for sample in samples}
        if len(lengths) > 1:
            raise ValueError(f"samples have different lengths: {', '.join(map(str, sorted(lengths)))}")
        parts = [default_collate(part) for part in zip(*samples, strict=True)]
        # A named tuple keeps its names.
        return type(first)(*parts) if hasattr(first, "_fields") else parts
    raise TypeError(
        f"no batch can be made of {type(first).__name__}; "
        "give numbers, arrays, tensors, text, tuples or dicts, or pass collate_fn"
    )


def _stack(samples: Sequence[Any]) -> Tensor:
    for sample in samples:
        if isinstance(sample, Tensor) and sample.requires_grad:
            raise ValueError("a dataset holds data, and batches carry no gradient back to it: return x.detach()")
    arrays = [sample.array if isinstance(sample, Tensor) else np.asarray(sample) for sample in samples]
    shapes = {array.shape for array in arrays}
    if len(shapes) > 1:
        raise ValueError(f"samples of one batch must have one shape, got {', '.join(map(str, sorted(shapes)))}")
    return Tensor(np.stack(arrays))
