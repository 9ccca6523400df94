"""A hundred thousand steps neither grow in memory nor lose their way."""

import importlib.util
import subprocess
import sys

import pytest

ENGINES = ["numpy", "native"] if importlib.util.find_spec("pellucid._native") else ["numpy"]

PROGRAM = """
import gc
import pellucid as pl

pl.set_engine("{engine}")
pl.manual_seed(0)
model = pl.nn.Sequential(
    pl.nn.Linear(2, 8), pl.nn.Tanh(), pl.nn.Dropout(0.1), pl.nn.LayerNorm(8), pl.nn.Linear(8, 2)
)
optimizer = pl.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = pl.nn.CrossEntropyLoss()
X, y = pl.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), pl.tensor([0, 1, 1, 0])


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


for step in range({steps}):
    optimizer.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
    pl.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step == {steps} // 20:
        early = resident()
print(resident() - early, loss.item())
"""


def soak(engine, steps):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(engine=engine, steps=steps)], capture_output=True, text=True, check=True
    )
    growth, loss = done.stdout.split()
    return int(growth), float(loss)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_thousand_steps_do_not_grow(engine):
    growth, loss = soak(engine, 2_000)
    assert growth < 2**20
    assert loss < 1


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_hundred_thousand_steps_do_not_grow(engine):
    growth, loss = soak(engine, 100_000)
    assert growth < 2**20
    assert loss < 0.3
