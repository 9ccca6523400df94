"""Recording what kernels do, and doing it again with other rows."""

import numpy as np
import pytest

from pellucid import _native
from pellucid.kernels import native


@pytest.fixture
def data() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((12, 3), dtype=np.float32)


def recorded(plan: _native.Plan, data: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Record: gather 2 rows, multiply them by W; return W and the product."""
    rows, W = np.zeros((2, 3), np.float32), np.ones((1, 3), np.float32)
    plan.begin()
    try:
        plan.gather(data.view(np.uint8), order, rows.view(np.uint8))
        y = native.linear(rows, W, None)
        plan.outputs(y.reshape(-1).view(np.uint8))
        plan.loss(y.reshape(-1)[:1])
    finally:
        plan.end()
    return W, y


def test_a_replay_computes_with_the_rows_of_each_step(data: np.ndarray) -> None:
    plan, order = _native.Plan(), np.random.default_rng(1).permutation(12)
    recorded(plan, data, order)
    losses, outputs = np.zeros(4), np.zeros((4, 8), np.uint8)
    assert plan.replay(2, 2, 0, [], losses, outputs, None) == 4
    expected = np.stack(
        [native.linear(data[order[i : i + 2]], np.ones((1, 3), np.float32), None) for i in (2, 4, 6, 8)]
    )
    assert np.array_equal(outputs.view(np.float32), expected[:, :, 0])
    assert np.array_equal(losses, expected[:, 0, 0])


def test_a_replay_stops_at_a_loss_that_is_no_number(data: np.ndarray) -> None:
    plan = _native.Plan()
    recorded(plan, data, np.arange(12))
    data[6] = np.nan
    losses = np.zeros(6)
    assert plan.replay(0, 2, 0, [], losses, None, None) == 3
    assert np.isfinite(losses).tolist() == [True] * 3 + [False] + [True] * 2


def test_memory_that_a_plan_uses_lives_as_long_as_the_plan(data: np.ndarray) -> None:
    plan = _native.Plan()
    W, y = recorded(plan, data, np.arange(12))
    W[:] = 2
    expected = 2 * data[:2].sum(1)
    del W
    losses = np.zeros(1)
    plan.replay(0, 2, 0, [], losses, None, None)
    assert np.allclose(y[:, 0], expected, rtol=1e-6)


def test_epochs_end_with_a_step_of_fewer_rows(data: np.ndarray) -> None:
    rng, W = np.random.default_rng(2), np.ones((1, 3), np.float32)
    order = np.concatenate([rng.permutation(12)[:7] for _ in range(3)])
    plans = [_native.Plan(), _native.Plan()]
    for plan, rows in zip(plans, (2, 1), strict=True):
        batch = np.zeros((rows, 3), np.float32)
        plan.begin()
        plan.gather(data.view(np.uint8), order, batch.view(np.uint8))
        plan.loss(native.linear(batch, W, None).reshape(-1)[-1:])
        plan.end()
    losses = np.zeros((3, 4))
    assert plans[0].replay_epochs(plans[1], 7, 2, 0, 0, [], losses, None) == 12
    last_rows = [7 * epoch + row for epoch in range(3) for row in (1, 3, 5, 6)]
    assert np.array_equal(losses.reshape(-1), native.linear(data[order[last_rows]], W, None)[:, 0])
    with pytest.raises(IndexError, match="beyond the end"):
        plans[0].replay_epochs(None, 7, 2, 0, 0, [], np.zeros((1, 11)), None)
    data[order[7 + 6]] = np.nan
    assert plans[0].replay_epochs(plans[1], 7, 2, 0, 0, [], losses, None) == 7
    data[order[7 + 3]] = np.inf
    assert plans[0].replay_epochs(plans[1], 7, 2, 0, 0, [], losses, None) == 5
    assert plans[0].bytes == 2 * 3 * 4 + 2 * 4
    with pytest.raises(ValueError, match="without a step"):
        plans[0].replay_epochs(plans[1], 7, 2, 0, 0, [], np.zeros((1, 0)), None)


def test_nothing_is_recorded_outside_begin_and_end(data: np.ndarray) -> None:
    plan = _native.Plan()
    recorded(plan, data, np.arange(12))
    before = len(plan)
    native.linear(data, np.ones((2, 3), np.float32), None)
    assert len(plan) == before == 4


def test_arguments_that_do_not_fit_are_refused(data: np.ndarray) -> None:
    plan = _native.Plan()
    with pytest.raises(ValueError, match="rows of different sizes"):
        plan.gather(data.view(np.uint8), np.arange(2), np.zeros((2, 4), np.uint8))
    with pytest.raises(ValueError, match="another number of steps"):
        plan.replay(0, 2, 0, [], np.zeros(3), np.zeros((2, 8), np.uint8), None)
    with pytest.raises(TypeError):
        plan.replay(0, 2, 0, [], np.zeros(3, np.float32), None, None)
    with pytest.raises(ValueError, match="learning rates"):
        plan.replay(0, 2, 0, [0.1], np.zeros(3), None, None)


def test_rows_beyond_the_data_are_refused(data: np.ndarray) -> None:
    plan, order = _native.Plan(), np.arange(12)
    recorded(plan, data, order)
    with pytest.raises(IndexError, match="beyond the end of the order"):
        plan.replay(8, 2, 0, [], np.zeros(3), None, None)
    order[0] = -1
    with pytest.raises(IndexError, match="not there"):
        plan.replay(0, 2, 0, [], np.zeros(1), None, None)
