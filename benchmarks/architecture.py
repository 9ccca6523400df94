"""Compare rules for the sizes of hidden layers: python -m benchmarks.architecture [SEEDS].

Every rule trains the same splits of the embedded tables with the settings of `pellucid train`; the table gives the
mean, the lowest and the highest test score over the seeds (accuracy, or R2 for diabetes).
"""

import math
import sys
import tempfile
from pathlib import Path
from statistics import mean

from pellucid.train.config import RunConfig
from pellucid.train.prepare import prepare
from pellucid.train.run import train_run

DATA = ("digits", "iris", "wine", "breast_cancer", "diabetes", "spirals")


def power_of_two(least: float) -> int:
    """Return the next power of two."""
    return int(2 ** math.ceil(math.log2(least)))


RULES = {
    "one layer, 2/3 inputs + outputs": lambda i, o: (max(16, power_of_two(2 * i / 3 + o)),),
    "two layers, 2/3 inputs + outputs, half": lambda i, o: (
        max(16, power_of_two(2 * i / 3 + o)),
        max(16, power_of_two(2 * i / 3 + o)) // 2,
    ),
    "one layer, inputs + outputs": lambda i, o: (max(16, power_of_two(i + o)),),
    "one layer, 2 (inputs + outputs)": lambda i, o: (max(32, power_of_two(2 * (i + o))),),
    "suggest_architecture": lambda _i, _o: None,
}


def main(seeds: int) -> None:
    """Print the table."""
    print(f"| data | rule | hidden | mean | lowest | highest | ({seeds} seeds)\n|---|---|---|---|---|---|---|")
    for data in DATA:
        prepared = prepare(RunConfig(data=data))
        n_inputs, n_outputs = prepared.X.shape[1], prepared.target.n_outputs
        for name, rule in RULES.items():
            hidden, scores = rule(n_inputs, n_outputs), []
            for seed in range(seeds):
                with tempfile.TemporaryDirectory() as folder:
                    result = train_run(RunConfig(data=data, seed=seed, hidden=hidden), Path(folder) / "run")
                test = result.metrics["test"]
                scores.append(test["accuracy"] if "accuracy" in test else test["r2"])
            row = (mean(scores), min(scores), max(scores))
            print(
                f"| {data} | {name} | {result.model.sizes[1:-1]} |",
                " | ".join(f"{s:.4f}" for s in row),
                "|",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
