"""Counted randomness: every random number is a function of (seed, stream, step, counter).

Nothing is drawn from a hidden running state. A generator only counts how often it was asked, so a run that
is resumed at step 1,234 draws exactly what the undisturbed run drew there, on every engine.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

__all__ = [
    "Generator",
    "default_generator",
    "generator_for",
    "get_rng_state",
    "initial_seed",
    "key_for",
    "manual_seed",
    "seed",
    "set_rng_state",
]


def key_for(seed: int, stream: str, *counters: int) -> int:
    """Return the 128-bit key of one place in the random world; equal arguments give equal keys.

    The key is BLAKE2b of the arguments' text, so streams and counters are independent of each other.

    Example:
        >>> key_for(0, "dropout", 3, 1) == key_for(0, "dropout", 3, 1) != key_for(0, "dropout", 3, 2)
        True
    """
    text = "/".join((str(seed), stream, *map(str, counters)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")


def generator_for(seed: int, stream: str, *counters: int) -> np.random.Generator:
    """Return a NumPy generator for one place in the random world (Philox, Salmon et al., 2011).

    Args:
        seed: the run's seed.
        stream: what the numbers are for, such as "init" or "shuffle".
        counters: where in the run, such as the epoch.

    Example:
        >>> a = generator_for(0, "shuffle", 5).permutation(4)
        >>> b = generator_for(0, "shuffle", 5).permutation(4)
        >>> bool((a == b).all())
        True
    """
    return np.random.Generator(np.random.Philox(key=key_for(seed, stream, *counters)))


class Generator:
    """Counts random draws of one seed, as `torch.Generator` does for PyTorch.

    Args:
        seed: the seed; a fresh one from the system's entropy when None.

    Example:
        >>> g = Generator(0)
        >>> g.numpy("init").random() == Generator(0).numpy("init").random()
        True
        >>> g.get_state()
        {'seed': 0, 'step': 0, 'counter': 1}
    """

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        self._step = self._counter = 0
        self._seed = secrets.randbits(63) if seed is None else _checked_seed(seed)

    def manual_seed(self, seed: int) -> "Generator":
        """Start again from `seed`, with the counts at zero."""
        self._seed, self._step, self._counter = _checked_seed(seed), 0, 0
        return self

    def initial_seed(self) -> int:
        """Return the seed in use."""
        return self._seed

    def seed(self) -> int:
        """Take a fresh seed from the system's entropy and return it."""
        self.manual_seed(secrets.randbits(63))
        return self._seed

    def next_key(self, stream: str) -> int:
        """Return the key of the next draw of `stream` and count it."""
        with self._lock:
            counter = self._counter
            self._counter += 1
        return key_for(self._seed, stream, self._step, counter)

    def numpy(self, stream: str = "user") -> np.random.Generator:
        """Return the NumPy generator of the next draw."""
        return np.random.Generator(np.random.Philox(key=self.next_key(stream)))

    def next_seed(self) -> int:
        """Return a 63-bit seed for something that wants a seed of its own, and count the draw."""
        return self.next_key("seed") >> 65

    def get_state(self) -> dict[str, int]:
        """Return the state as plain numbers that JSON can hold."""
        return {"seed": self._seed, "step": self._step, "counter": self._counter}

    def set_state(self, state: dict[str, int]) -> "Generator":
        """Go to a state that `get_state` gave."""
        if set(state) != {"seed", "step", "counter"}:
            raise ValueError(f"a generator's state has the keys seed, step, counter; got {sorted(state)}")
        self._seed, self._step, self._counter = _checked_seed(state["seed"]), state["step"], state["counter"]
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _at_state, (self.get_state(),)

    @contextmanager
    def at(self, seed: int, step: int) -> Iterator[None]:
        """Draw from (seed, step) inside the block, and return to the earlier state after it.

        The trainer wraps every step in it: what a step draws depends on nothing before that step.
        """
        before = self.get_state()
        self._seed, self._step, self._counter = _checked_seed(seed), step, 0
        try:
            yield
        finally:
            self.set_state(before)


def _at_state(state: dict[str, int]) -> Generator:
    """Make a generator from its state, for copy and pickle."""
    return Generator(0).set_state(state)


def _checked_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"a seed is an integer, got {type(seed).__name__}")
    return int(seed)


default_generator = Generator()
"""The generator used wherever none is given."""


def manual_seed(seed: int) -> Generator:
    """Seed the default generator; the same seed gives the same numbers on every engine and machine."""
    return default_generator.manual_seed(seed)


def initial_seed() -> int:
    """Return the default generator's seed."""
    return default_generator.initial_seed()


def seed() -> int:
    """Give the default generator a fresh seed from the system's entropy and return it."""
    return default_generator.seed()


def get_rng_state() -> dict[str, int]:
    """Return the default generator's state."""
    return default_generator.get_state()


def set_rng_state(state: dict[str, int]) -> None:
    """Put the default generator into a state that `get_rng_state` gave."""
    default_generator.set_state(state)
