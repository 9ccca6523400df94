"""Study: the trials of a search, shared by processes of which any may be killed at any moment."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pellucid._extras import require
from pellucid.tune.objective import Outcome, Report
from pellucid.tune.place import StudyError, open_study, shown
from pellucid.tune.sampling import CountedSampler, pruner_for, suggest
from pellucid.tune.search import DIRECTIONS, Search
from pellucid.tune.space import given_parameters
from pellucid.tune.trial import Trial, mean_and_spread

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial, TrialState
else:
    optuna = require("optuna", "tune")
    TrialState = optuna.trial.TrialState

__all__ = ["Claim", "Study"]

BEAT = 10.0
SILENCE = 60.0


@dataclass(frozen=True)
class Claim:
    """A trial that this process, and no other, is to run.

    Attributes:
        number: of the trial in the search.
        parameters: what was chosen.
        trial: Optuna's.
        is_given: whether it is the settings as given, which nothing ends early.
    """

    number: int
    parameters: Mapping[str, Any]
    trial: "optuna.trial.Trial"
    is_given: bool


class Study:
    """The trials of a search, in a file or a database.

    Trial i of a search is whichever entry of the storage has the slot i and is not discarded. An entry is
    discarded when its process died or was interrupted, and when two processes began the same slot at the same
    moment: the earlier entry counts. So every slot comes to exactly one finished trial, whoever is killed.

    A process is taken for dead when it is of this machine and no longer there, or has given no sign of life for
    `SILENCE` seconds by this process's clock. One that wakes up after that finds its result refused.

    Args:
        search: with its metric.
        place: see `open_study`.
        sha256: digest of the data.
        hidden: the sizes of the hidden layers that the settings as given come to, where they are known.

    Raises:
        StudyError: when the place cannot be opened, or holds another search.
    """

    def __init__(self, search: Search, place: str | None, sha256: str, hidden: tuple[int, ...] | None = None) -> None:
        assert search.metric is not None  # noqa: S101 - set when the search begins
        self.search, self.place = search, place
        self._given = given_parameters(search.space, search.config, hidden)
        self._me = {"host": socket.gethostname(), "pid": os.getpid(), "token": uuid.uuid4().hex}
        self._signs: dict[int, tuple[Any, float]] = {}  # of life: an entry's last beat, and when it was first seen
        self._grid = search.grid() if search.method == "grid" else []
        self._study = open_study(
            place,
            DIRECTIONS[search.metric],
            CountedSampler(search.method, search.config.seed),
            pruner_for(search),
        )
        self._agree(search.to_json() | {"sha256": sha256})
        self._study.set_user_attr("begun", {"data": search.config.data, "trials": search.wanted})

    def _agree(self, described: dict[str, Any]) -> None:
        """Refuse to mix trials of different searches."""
        if "search" not in self._study.user_attrs:
            self._study.set_user_attr("search", described)
        there = self._study.user_attrs["search"]
        for name in ("sha256", "metric", "cv", "method", "pruner", "space", "settings"):
            if there.get(name) == described[name]:
                continue
            if name == "sha256":
                raise StudyError(f"the study {shown(self.place)} was begun with other data; begin another study")
            a, b, what = there.get(name), described[name], name
            if name in ("space", "settings") and isinstance(a, dict):
                what = next(k for k in {**a, **b} if a.get(k) != b.get(k))
                a, b, what = a.get(what), b.get(what), what if name == "settings" else f"the space's {what}"
            raise StudyError(
                f"the study {shown(self.place)} was begun with {what} {a!r}, not {b!r}; give the same, or begin another"
            )

    # --- reading --------------------------------------------------------------------------------------------
    def _entries(self) -> dict[int, "FrozenTrial"]:
        """Return the entry that counts of every slot that has one."""
        found: dict[int, FrozenTrial] = {}
        for entry in self._study.get_trials(deepcopy=False):  # in the order in which they were begun
            slot = entry.user_attrs.get("slot")
            if slot is not None and "discarded" not in entry.user_attrs:
                found.setdefault(slot, entry)
        return found

    def trials(self) -> list[Trial]:
        """Return the records of the finished trials, by number."""
        entries = sorted(self._entries().items())
        return [_record(slot, entry, self.search.config.seed) for slot, entry in entries if entry.state.is_finished()]

    def running(self) -> dict[int, dict[str, Any]]:
        """Return the parameters of the trials that some process is at, by number."""
        running = {n: e for n, e in self._entries().items() if e.state == TrialState.RUNNING}
        return {n: e.user_attrs.get("parameters", {}) for n, e in running.items()}

    def is_complete(self) -> bool:
        """Say whether all trials that are wanted are finished."""
        entries = self._entries()
        return all(i in entries and entries[i].state.is_finished() for i in range(self.search.wanted))

    def was_completed_here(self) -> bool:
        """Say whether the trial that was finished last was finished by this process."""
        ended = [e for e in self._entries().values() if e.state.is_finished()]
        if not ended:
            return False
        last = max(ended, key=lambda e: (e.datetime_complete, e.number))
        return bool(last.user_attrs.get("owner") == self._me)

    def repeated(self) -> int:
        """Return how many trials were begun by a process that died or was interrupted, and begun again."""
        why = [e.user_attrs.get("discarded") for e in self._study.get_trials(deepcopy=False)]
        return sum(w in ("killed", "interrupted") for w in why)

    # --- claiming -------------------------------------------------------------------------------------------
    def claim(self) -> Claim | None:
        """Take a trial that nobody has taken; None where there is none, though others may still be running."""
        while True:
            self._rescue()
            entries = self._entries()
            free = next((i for i in range(self.search.wanted) if i not in entries), None)
            if free is not None:
                self._study.enqueue_trial(self._fixed(free), user_attrs={"slot": free})
            elif all(e.state != TrialState.WAITING for e in entries.values()):
                return None
            trial = self._study.ask()
            slot = trial.user_attrs.get("slot")
            # Another process may have queued the same slot, or taken what was queued here.
            counting = None if slot is None else self._entries().get(slot)
            if slot is None or slot >= self.search.wanted or counting is None or counting.number != trial.number:
                self._discard(trial, "surplus")
                continue
            trial.set_user_attr("owner", self._me)
            is_given = self._is_given(slot)
            parameters = suggest(
                trial,
                self.search.space,
                self.search.config,
                only=self._given if is_given else None,
                is_drawn=not is_given and self.search.method != "grid",
            )
            trial.set_user_attr("parameters", parameters)
            return Claim(slot, parameters, trial, is_given)

    def _is_given(self, slot: int) -> bool:
        return slot == 0 and self.search.method != "grid"

    def _fixed(self, slot: int) -> dict[str, Any]:
        """Return the parameters of a slot that the sampler is not asked for."""
        if self.search.method == "grid":
            return self._grid[slot]
        if self._is_given(slot):
            return self._given
        # What was begun and is repeated has the same parameters.
        before = [e for e in self._study.get_trials(deepcopy=False) if e.user_attrs.get("slot") == slot]
        return dict(before[-1].params) if before else {}

    def _rescue(self) -> None:
        """Discard what dead processes have left running."""
        for entry in self._entries().values():
            if entry.state == TrialState.RUNNING and self._is_dead(entry):
                self._discard(entry, "killed")

    def _is_dead(self, entry: "FrozenTrial") -> bool:
        owner = entry.user_attrs.get("owner")
        if owner == self._me:
            return False
        if owner is not None and owner["host"] == self._me["host"] and not _is_there(owner["pid"]):
            return True
        sign, now = entry.user_attrs.get("beat"), time.monotonic()
        if entry.number not in self._signs or self._signs[entry.number][0] != sign:
            self._signs[entry.number] = (sign, now)
        return now - self._signs[entry.number][1] > SILENCE

    def _discard(self, entry: "optuna.trial.Trial | FrozenTrial", why: str) -> None:
        with suppress(optuna.exceptions.UpdateFinishedTrialError, ValueError):  # another process was first
            self._study._storage.set_trial_user_attr(entry._trial_id, "discarded", why)
            self._study.tell(entry.number, state=TrialState.FAIL)

    # --- running --------------------------------------------------------------------------------------------
    @contextmanager
    def alive(self, claim: Claim) -> Iterator[None]:
        """Give signs of life while a trial runs."""
        ended = threading.Event()

        def beat() -> None:
            count = 0
            while not ended.wait(BEAT):
                count += 1
                with suppress(Exception):  # the next one may come through; if none does, others take over
                    claim.trial.set_user_attr("beat", count)

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def report_of(self, claim: Claim) -> Report:
        """Return what notes a trial's scores while it runs, and says whether it should end."""

        def report(epoch: int, score: float) -> bool:
            try:
                claim.trial.report(score, epoch)
                return claim.trial.should_prune() and not claim.is_given
            except optuna.exceptions.UpdateFinishedTrialError:
                return True  # this process was taken for dead, and the trial is another's

        return report

    def tell(self, claim: Claim, outcome: Outcome) -> bool:
        """Write what came of a trial; False where this process was taken for dead and another one runs it."""
        trial = claim.trial
        try:
            for name in ("state", "scores", "seconds", "error"):
                trial.set_user_attr(name, getattr(outcome, name))
            if outcome.state == "complete":
                self._study.tell(trial, mean_and_spread(outcome.scores)[0])
            else:
                # To Optuna a diverged trial is one of the worst; of a failed one it learns nothing.
                self._study.tell(trial, state=TrialState.FAIL if outcome.state == "failed" else TrialState.PRUNED)
        except (optuna.exceptions.UpdateFinishedTrialError, ValueError):
            return False
        return True

    def give_back(self, claim: Claim) -> None:
        """Leave a trial to whoever continues the search."""
        self._discard(claim.trial, "interrupted")


def _record(slot: int, entry: "FrozenTrial", seed: int) -> Trial:
    noted = entry.user_attrs
    scores = tuple(noted.get("scores", ()))
    state = noted["state"]
    score, spread = mean_and_spread(scores) if state == "complete" else (None, None)
    return Trial(
        number=slot,
        parameters=noted["parameters"],
        scores=scores,
        score=score,
        spread=spread,
        seconds=noted["seconds"],
        seed=seed,
        state=state,
        error=noted["error"],
    )


def _is_there(pid: int) -> bool:
    """Say whether a process of this machine is alive; where that cannot be asked, it counts as alive."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
