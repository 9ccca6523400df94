"""One process, one library: python -m benchmarks.worker RIVAL answers calls, JSON lines on stdin and stdout."""

import json
import os
import resource
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.deep import DeepWork
from benchmarks.estimators import fit_once
from benchmarks.reference import first_gradients, first_losses
from benchmarks.rivals import Rival, rival
from benchmarks.workloads import LR_OF_TIMING, TRAINING, Work, digits

__all__ = ["Worker", "main"]

LR_OF_COMPARISON = 1e-3


class Worker:
    """The calls that a process answers."""

    def __init__(self, name: str) -> None:
        self.name, self.kind = name, rival(name)
        self.rival: Rival | None = None
        self.paths: dict[str, Any] = {}
        self.counts: dict[str, int] = {}

    def compare(self, work: dict[str, Any], steps: int) -> dict[str, Any]:
        """Return how far the first losses and gradients are from the reference's, relatively."""
        if "shape" in work:
            return self._compare_deep({**work, "lr": LR_OF_COMPARISON / 10}, steps)
        self.load({**work, "lr": LR_OF_COMPARISON})
        assert self.rival is not None
        mine, errors = self.rival, {}
        gradients = mine.gradients()
        if gradients is not None:
            pairs = zip(gradients, first_gradients(mine.work), strict=True)
            errors["gradients"] = max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in pairs)
        losses = [mine.number(mine.step(*mine.batches[i % len(mine.batches)])) for i in range(steps)]
        expected = first_losses(mine.work, steps)
        errors["losses"] = max(abs(a - b) / abs(b) for a, b in zip(losses, expected, strict=True))
        return errors

    def _compare_deep(self, work: dict[str, Any], steps: int) -> dict[str, Any]:
        """The same for a deep network, whose reference is itself in float64; libraries then compare what that gave."""
        mine = self._made(work)
        gradients, losses = mine.first(steps)
        mine = self._made(work)
        mine.doubled()
        expected, expected_losses = mine.first(steps)
        norms = [float(np.linalg.norm(g)) for g in expected]
        apart = zip(gradients, expected, norms, strict=True)
        return {
            # The last step of a layer that walks backwards has no state before it: a gradient of zeros.
            "gradients": max(float(np.linalg.norm(a - b)) / (norm or 1.0) for a, b, norm in apart),
            "losses": max(abs(a - b) / abs(b) for a, b in zip(losses, expected_losses, strict=True)),
            "float64": [*norms, *expected_losses],
        }

    def _made(self, work: dict[str, Any]) -> Any:
        """Make a network."""
        if "shape" in work:
            return self.kind.deep(DeepWork(**{**work, "shape": tuple(work["shape"])}))
        return self.kind(Work(**{**work, "sizes": tuple(work["sizes"])}))

    def load(self, work: dict[str, Any]) -> list[str]:
        """Make the network anew, as it is timed; return what can be timed."""
        self.rival = None  # one network at a time
        mine = self.rival = self._made({"lr": LR_OF_TIMING, **work})
        self.counts = {}
        self.paths = {"loop": mine.loop}
        if mine.fit is not None:
            self.paths["fit"] = self._fit
        for rows in mine.work.asked:
            self.paths[f"infer {rows}"] = mine.infer(rows)
        return list(self.paths)

    def load_product(self, n: int) -> list[str]:
        """Prepare products of n x n matrices."""
        self.counts, product = {}, self.kind.product(n)
        self.paths = {} if product is None else {"product": product}
        return list(self.paths)

    def _fit(self, steps: int) -> None:
        assert self.rival is not None
        assert self.rival.fit is not None
        self.rival.fit(steps // self.rival.work.batches)

    def time(self, path: str, seconds: float) -> float:
        """Return the seconds that one step takes, timed over about so many seconds of steps."""
        run = self.paths[path]
        if path not in self.counts:
            self.counts[path] = self._count(path, seconds)
        steps = self.counts[path]
        began = time.perf_counter()
        run(steps)
        return (time.perf_counter() - began) / steps

    def _count(self, path: str, seconds: float) -> int:
        """Warm up, and find out how many steps fit into the time."""
        assert self.rival is not None or path == "product"
        whole = self.rival.work.batches if path == "fit" and self.rival is not None else 1
        self.paths[path](whole)
        steps = whole
        while True:
            began = time.perf_counter()
            self.paths[path](steps)
            took = time.perf_counter() - began
            if took > seconds / 4:
                return max(1, round(steps / whole * seconds / took)) * whole
            steps *= 2

    def digits(self) -> dict[str, float]:
        """Learn the digits; return the seconds and the accuracy on the test rows."""
        task = digits()
        began = time.perf_counter()
        predicted = self.kind.digits(task)
        seconds = time.perf_counter() - began
        return {"seconds": seconds, "accuracy": float(np.mean(predicted == task.y_test))}

    def estimator(self, data: str, seed: int) -> tuple[float, float]:
        """Fit an estimator; return the seconds and the score."""
        return fit_once(self.name, data, seed)

    def memory(self, work: dict[str, Any]) -> float:
        """Return by how many bytes training makes the process grow at most, beyond the data and a tiny network's."""
        self.load(asdict(TRAINING[0]))
        self.paths["loop"](3)
        arrays = Work(**{**work, "sizes": tuple(work["sizes"])})
        held = (arrays.X, arrays.y)  # their memory must not be given to the network
        before = _forget_peak()
        self.load(work)
        self.paths["loop"](5)
        del held
        return _peak() - before


def _forget_peak() -> int:
    """Make the present size the peak so far, and return it."""
    with suppress(OSError):  # not Linux: the peak of the process's life is the best there is
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> int:
    """Return the largest size of the process, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(name: str) -> None:
    """Answer calls until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is not an answer

    def answer(value: Any) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        worker = Worker(name)
    except ImportError as error:
        answer({"error": f"not installed ({error})"})
        return
    answer({"result": worker.kind.title})
    for line in sys.stdin:
        call, arguments = json.loads(line)
        try:
            answer({"result": getattr(worker, call)(**arguments)})
        except Exception as error:  # noqa: BLE001 - the runner decides what it means
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main(sys.argv[1])
