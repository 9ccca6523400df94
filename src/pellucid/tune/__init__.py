"""Search for good settings: trials on folds of the data, shared, resumable, and the best left as a run."""

from pellucid.tune.importance import importance
from pellucid.tune.k_folds import k_folds
from pellucid.tune.leave import best_config, retrain, write_trials
from pellucid.tune.loop import NothingFoundError, SearchResult, Snapshot, best_of, run_search
from pellucid.tune.plain import grid_search, random_search
from pellucid.tune.search import DIRECTIONS, METHODS, PRUNERS, Search
from pellucid.tune.space import SEARCHABLE, Choice, Range, default_space, parse_space
from pellucid.tune.trial import STATES, State, Trial, mean_and_spread

__all__ = [
    "DIRECTIONS",
    "METHODS",
    "PRUNERS",
    "SEARCHABLE",
    "STATES",
    "Choice",
    "NothingFoundError",
    "Range",
    "Search",
    "SearchResult",
    "Snapshot",
    "State",
    "Trial",
    "best_config",
    "best_of",
    "default_space",
    "grid_search",
    "importance",
    "k_folds",
    "mean_and_spread",
    "parse_space",
    "random_search",
    "retrain",
    "run_search",
    "write_trials",
]
