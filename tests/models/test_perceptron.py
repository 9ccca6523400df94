import numpy as np
import pytest

import pellucid as pl
from pellucid.data import make_and, make_or, make_xor
from pellucid.models import Perceptron, build_model


def test_the_rule_of_the_textbook_by_hand():
    # Rows in order; w = (0, 0), b = 0 and y = 1 where the sum is >= 0.
    # x = (1, 1), t = 1: sum 0, y = 1, right.
    # x = (2, 0), t = 0: sum 0, y = 1, wrong: w = (0, 0) - (2, 0) = (-2, 0), b = -1.
    # x = (0, 3), t = 1: sum -1, y = 0, wrong: w = (-2, 3), b = 0.
    perceptron = Perceptron(2)
    history = perceptron.fit([[1, 1], [2, 0], [0, 3]], [1, 0, 1], epochs=1)
    assert history.errors == (2,)
    assert not history.converged
    assert perceptron.weight.tolist() == [-2.0, 3.0]
    assert perceptron.bias.item() == 0.0


@pytest.mark.parametrize("make", [make_and, make_or])
def test_it_learns_the_gates_that_a_line_separates(make):
    X, y = make()
    perceptron = Perceptron(2)
    history = perceptron.fit(X, y)
    assert history.converged
    assert history.errors[-1] == 0
    assert 0 not in history.errors[:-1]
    assert perceptron.predict(X).tolist() == y.tolist()
    assert str(history) == f"linearly separable: no row was wrong in epoch {len(history.errors)}"


def test_it_proves_that_no_line_separates_xor():
    X, y = make_xor()
    perceptron = Perceptron(2)
    history = perceptron.fit(X, y, epochs=1000)
    assert not history.converged
    assert history.cycle is not None
    assert len(history.errors) < 20
    assert str(history).startswith("not linearly separable: ")
    assert "for ever" in str(history)
    assert (perceptron.predict(X) != y).any()


def test_the_cycle_is_real():
    X, y = make_xor()
    first, second = Perceptron(2).fit(X, y).cycle
    assert (first, second) == (3, 4)

    def weights_at_the_start_of(epoch):
        perceptron = Perceptron(2)
        if epoch > 1:
            perceptron.fit(X, y, epochs=epoch - 1)
        return [*perceptron.weight.tolist(), perceptron.bias.item()]

    assert first < second
    assert weights_at_the_start_of(first) == weights_at_the_start_of(second)


def test_without_proof_it_says_within_how_many_epochs():
    X, y = make_xor()
    history = Perceptron(2).fit(X, y, epochs=2)
    assert history.cycle is None
    assert "not linearly separable within 2 epochs" in str(history)
    assert f"{history.errors[-1]} of 4 rows" in str(history)


def test_separable_rows_converge_within_novikoffs_bound():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 5)).astype(np.float32)
    direction = rng.normal(size=5)
    direction /= np.linalg.norm(direction)
    X = X[np.abs(X @ direction) > 0.3]
    history = Perceptron(5).fit(X, X @ direction > 0, epochs=10_000)
    bound = ((X**2).sum(axis=1).max() + 1) / 0.3**2  # (R / γ)², with the bias as a weight of an input of 1
    assert history.converged
    assert sum(history.errors) <= bound


def test_the_learning_rate_scales_the_weights_and_nothing_else():
    X, y = make_and()
    one, half = Perceptron(2), Perceptron(2)
    assert one.fit(X, y, lr=1.0).errors == half.fit(X, y, lr=0.5).errors
    assert [2 * w for w in half.weight.tolist()] == one.weight.tolist()
    assert 2 * half.bias.item() == one.bias.item()


def test_fitting_again_begins_again():
    perceptron = Perceptron(2)
    first = perceptron.fit(*make_and())
    assert perceptron.fit(*make_and()).errors == first.errors


def test_forward_and_predict_agree():
    perceptron = Perceptron(2)
    perceptron.fit(*make_and())
    X = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    assert perceptron(pl.tensor(X)).tolist() == perceptron.predict(X).tolist()
    assert perceptron.predict(X).dtype == np.int64


def test_its_parameters_are_state_but_take_no_gradients():
    perceptron = Perceptron(2)
    perceptron.fit(*make_and())
    assert not any(p.requires_grad for p in perceptron.parameters())
    assert {p.dtype for p in perceptron.parameters()} == {np.dtype(np.float32)}
    other = build_model(perceptron.config())
    other.load_state_dict(perceptron.state_dict())
    assert other.predict(make_and()[0]).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("X", "y", "arguments", "message"),
    [
        ([[0.0, 1.0]], [2], {}, "0 and 1 only"),
        ([[0.0, 1.0]], [-1], {}, r"write \(y > 0\)"),
        ([[0.0, 1.0]], [float("nan")], {}, "0 and 1 only"),
        ([[0.0, 1.0]], [[1]], {}, r"shape \(n,\)"),
        ([[0.0, 1.0]], [1, 0], {}, "one target a row"),
        (np.zeros((0, 2)), np.zeros(0), {}, "at least one row"),
        ([[0.0, 1.0, 2.0]], [1], {}, r"shape \(n, 2\), got \(1, 3\)"),
        ([0.0, 1.0], [1], {}, r"shape \(n, 2\)"),
        ([[0.0, float("inf")]], [1], {}, "finite"),
        (np.array([[0.0, 1e300]]), [1], {}, "finite"),
        ([[0.0, 1.0]], [1], {"epochs": 0}, "at least one epoch"),
        ([[0.0, 1.0]], [1], {"lr": 0.0}, "lr above 0"),
        ([[0.0, 1.0]], [1], {"lr": float("nan")}, "lr above 0"),
        ([[0.0, 1.0]], [1], {"lr": float("inf")}, "finite lr"),
    ],
)
def test_what_cannot_be_learned_is_refused(X, y, arguments, message):
    with pytest.raises(ValueError, match=message):
        Perceptron(2).fit(X, y, **arguments)


def test_weights_that_overflow_are_told_and_the_model_stays_as_it_was():
    perceptron = Perceptron(1)
    with pytest.raises(RuntimeError, match="overflowed in epoch 1"):
        perceptron.fit([[3e38], [-3e38]], [0, 1], lr=1e5)
    assert perceptron.weight.tolist() == [0.0]


def test_a_perceptron_without_inputs_is_refused():
    with pytest.raises(ValueError, match="at least one input"):
        Perceptron(0)


@pytest.mark.parametrize("shape", [(4, 1), (1,), ()])
def test_an_input_that_would_broadcast_is_refused(shape):
    with pytest.raises(ValueError, match="has 2 inputs"):
        Perceptron(2)(pl.zeros(shape))
