"""Pictures of data, training and results, on matplotlib, and the report that holds them together.

Every function takes `ax=None` and returns the Axes that it drew on. Importing this room loads neither
matplotlib nor anything else that is heavy: each name is fetched when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pellucid.plot.activations import activation
    from pellucid.plot.boundary import decision_boundary
    from pellucid.plot.confusion import confusion_matrix
    from pellucid.plot.curves import learning_curves
    from pellucid.plot.diagram import network
    from pellucid.plot.histograms import gradient_histogram, weight_histogram
    from pellucid.plot.palette import theme
    from pellucid.plot.ranking import precision_recall, roc
    from pellucid.plot.rates import lr_range
    from pellucid.plot.regression import predictions_vs_truth, residuals
    from pellucid.plot.reliability import calibration
    from pellucid.plot.report import write_report
    from pellucid.plot.report_data import ColumnRow, LayerRow, ReportData
    from pellucid.plot.search import parallel_coordinates, parameter_importance, search_history, search_slice
    from pellucid.plot.search_report import SearchReport, write_search_report

__all__ = [
    "ColumnRow",
    "LayerRow",
    "ReportData",
    "SearchReport",
    "activation",
    "calibration",
    "confusion_matrix",
    "decision_boundary",
    "gradient_histogram",
    "learning_curves",
    "lr_range",
    "network",
    "parallel_coordinates",
    "parameter_importance",
    "precision_recall",
    "predictions_vs_truth",
    "residuals",
    "roc",
    "search_history",
    "search_slice",
    "theme",
    "weight_histogram",
    "write_report",
    "write_search_report",
]

_HOME = {
    "ColumnRow": "report_data",
    "LayerRow": "report_data",
    "ReportData": "report_data",
    "SearchReport": "search_report",
    "activation": "activations",
    "calibration": "reliability",
    "confusion_matrix": "confusion",
    "decision_boundary": "boundary",
    "gradient_histogram": "histograms",
    "learning_curves": "curves",
    "lr_range": "rates",
    "network": "diagram",
    "parallel_coordinates": "search",
    "parameter_importance": "search",
    "precision_recall": "ranking",
    "predictions_vs_truth": "regression",
    "residuals": "regression",
    "roc": "ranking",
    "search_history": "search",
    "search_slice": "search",
    "theme": "palette",
    "weight_histogram": "histograms",
    "write_report": "report",
    "write_search_report": "search_report",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
