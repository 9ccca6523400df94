"""What the chapters share: panels for pictures of several parts, and where a picture is saved."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

__all__ = ["panels", "save"]

plt.rcParams.update(
    {
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 11,
        "axes.titlepad": 8,
        "figure.constrained_layout.w_pad": 0.1,
        "figure.constrained_layout.h_pad": 0.1,
        "grid.color": "#e3e6ea",
        "legend.frameon": False,
        "legend.fontsize": 9,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
    }
)


def panels(columns, rows=1, width=4.6, height=3.8, **options):
    """Return the axes of a new picture as a flat list, row by row; `width` and `height` are one panel's, in inches."""
    _, axes = plt.subplots(
        rows, columns, figsize=(width * columns, height * rows), layout="constrained", squeeze=False, **options
    )
    return list(axes.flat)


def save(ax):
    """Save the picture of `ax` where the command line says, or as examples/pictures/<chapter>.png, and say where."""
    chapter = Path(sys.argv[0])
    default = chapter.parent / "pictures" / f"{chapter.stem}.png"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    path.parent.mkdir(parents=True, exist_ok=True)
    ax.figure.savefig(path, dpi=150)
    print(f"\nThe picture is in {path}")
