"""Looking into a network: what it is made of, and what it is worth."""

from pellucid.inspect.detection import AveragePrecision, mean_average_precision
from pellucid.inspect.flops import layer_flops
from pellucid.inspect.model_summary import LayerSummary, Summary, summary

__all__ = ["AveragePrecision", "LayerSummary", "Summary", "layer_flops", "mean_average_precision", "summary"]
