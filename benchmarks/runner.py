"""Processes of the libraries, and taking turns between them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from benchmarks.rivals import RIVALS

__all__ = ["Group", "Process", "RivalError", "Settings", "Turn", "alternate"]

ROOT = Path(__file__).parents[1]
PAUSE = 0.02  # seconds in which the threads of the library before fall asleep


class RivalError(Exception):
    """A library is absent, or cannot do what was asked."""


@dataclass(frozen=True)
class Settings:
    """How carefully is measured.

    Attributes:
        threads: of every library; its process may use as many processors.
        processes: how many every library has, one after the other, for each network.
        rounds: how often everybody is timed in each of them.
        seconds: how long a timing of training lasts.
        rivals: who takes part.
        quick: leave out what takes long: compiling, and most sizes.
    """

    threads: int = 2
    processes: int = 3
    rounds: int = 3
    seconds: float = 0.2
    rivals: Sequence[str] = tuple(RIVALS)
    quick: bool = False


class Process:
    """A running worker; `with Process(...) as p` ends it."""

    def __init__(self, name: str, threads: int, processors: Sequence[int] | None = None) -> None:
        self.name = name
        names = ("PELLUCID", "OMP", "MKL", "OPENBLAS", "NUMEXPR")
        variables = {f"{prefix}_NUM_THREADS": str(threads) for prefix in names}
        allowed = processors or _processors(threads)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env={**os.environ, **variables, "TORCHINDUCTOR_COMPILE_THREADS": "1"},
        )
        if allowed:
            os.sched_setaffinity(self.process.pid, allowed)
        try:
            self.title = self._answer()
        except RivalError:
            self.close()
            raise

    def call(self, name: str, **arguments: Any) -> Any:
        """Return what the worker's method returns.

        Raises:
            RivalError: when it raises.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RivalError(f"the process ended with code {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RivalError(answer["error"].strip().split("\n")[0])
        return answer["result"]

    def close(self) -> None:
        """End the process."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _processors(threads: int) -> list[int]:
    """Return the processors that `threads` threads may use; none where the system cannot say."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))[:threads]


class Group:
    """The libraries' processes; `with Group(...) as group` ends them.

    Attributes:
        processes: of those that are installed.
        absent: why the others are not there, by name.
    """

    def __init__(self, names: Sequence[str], threads: int) -> None:
        self.processes: list[Process] = []
        self.absent: dict[str, str] = {}
        for name in names:
            try:
                self.processes.append(Process(name, threads))
            except RivalError as error:
                self.absent[name] = str(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.processes:
            process.close()


@dataclass
class Turn:
    """What a process is timed at, and what came out: times, or why there are none."""

    process: Process
    path: str
    times: list[float] = field(default_factory=list)
    failure: str = ""


def alternate(turns: Sequence[Turn], rounds: int, seconds: float) -> None:
    """Time all, one after the other, `rounds` times after a round that does not count; the order rotates."""
    for turn in turns:
        try:
            turn.process.call("time", path=turn.path, seconds=seconds)
        except RivalError as error:
            turn.failure = str(error)
    able = [turn for turn in turns if not turn.failure]
    for k in range(rounds):
        start = k % max(1, len(able))
        for turn in [*able[start:], *able[:start]]:
            time.sleep(PAUSE)
            turn.times.append(turn.process.call("time", path=turn.path, seconds=seconds))
