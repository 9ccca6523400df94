"""Looking into a network: what it is made of."""

from pellucid.inspect.model_summary import LayerSummary, Summary, summary

__all__ = ["LayerSummary", "Summary", "summary"]
