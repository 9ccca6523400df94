"""Search for good settings."""

from pellucid.tune.trial import STATES, State, Trial, mean_and_spread

__all__ = ["STATES", "State", "Trial", "mean_and_spread"]
