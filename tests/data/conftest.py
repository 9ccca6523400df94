import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def people() -> pd.DataFrame:
    """Sixty rows with every kind of column, and missing values in each that can lack them."""
    rng = np.random.default_rng(0)
    n = 60
    table = pd.DataFrame(
        {
            "customer": [f"C-{i:04d}" for i in range(n)],
            "age": rng.normal(40, 12, n).round(1),
            "children": rng.integers(0, 5, n),
            "member": np.where(rng.random(n) < 0.5, "yes", "no"),
            "land": rng.choice(["FR", "IT", "DE"], n),
            "joined": pd.date_range("2023-01-05", periods=n, freq="9D").strftime("%Y-%m-%d"),
            "currency": "EUR",
            "nothing": np.nan,
        }
    )
    for column, rows in {"age": [3, 9], "member": [5], "land": [7, 11], "joined": [2]}.items():
        table.loc[rows, column] = None
    return table
