from itertools import pairwise

import pytest

from pellucid.models import MLP, suggest_architecture


def n_weights(sizes):
    return sum(p.array.size for p in MLP(sizes).parameters())


def test_the_rule_by_hand():
    # Twice 64 + 10 is 148; the next power of two is 256.
    assert suggest_architecture(64, 10, "multiclass") == (64, 256, 10)
    # 256 units have 19,210 weights, more than the 10,780 numbers of 1,078 rows of 10 outputs; 128 have 9,610.
    assert suggest_architecture(64, 10, "multiclass", n_rows=1078) == (64, 128, 10)
    # From 10,000 rows on a second layer, half as wide.
    assert suggest_architecture(64, 10, "multiclass", n_rows=10_000) == (64, 256, 128, 10)
    assert suggest_architecture(64, 10, "multiclass", n_rows=9_999) == (64, 256, 10)
    # Twice 4 + 1 is 10; at least 32.
    assert suggest_architecture(4, 1, "regression") == (4, 32, 1)


def test_a_power_of_two_is_not_rounded_up():
    assert suggest_architecture(62, 2, "binary") == (62, 128, 2)
    assert suggest_architecture(63, 2, "binary") == (63, 256, 2)


def test_no_layer_is_wider_than_512():
    assert suggest_architecture(10_000, 10, "multiclass") == (10_000, 512, 10)


@pytest.mark.parametrize("n_rows", [1, 50, 300, 999, 9_999, 10_000, 100_000])
@pytest.mark.parametrize(("n_inputs", "n_outputs"), [(2, 1), (30, 2), (200, 1), (64, 10)])
def test_weights_do_not_outnumber_what_is_to_be_learned_unless_layers_are_narrowest(n_inputs, n_outputs, n_rows):
    task = "regression" if n_outputs == 1 else "multiclass"
    sizes = suggest_architecture(n_inputs, n_outputs, task, n_rows)
    hidden = sizes[1:-1]
    assert (sizes[0], sizes[-1]) == (n_inputs, n_outputs)
    assert len(hidden) == (2 if n_rows >= 10_000 else 1)
    assert all(first == 2 * second for first, second in pairwise(hidden))
    assert min(hidden) >= 4
    assert n_weights(sizes) <= n_rows * n_outputs or min(hidden) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, "regression"), "n_inputs is at least 1"),
        ((1, 0, "regression"), "n_outputs is at least 1"),
        ((1, 1, "regression", 0), "n_rows is at least 1"),
        ((4, 3, "multi-class"), "did you mean 'multiclass'"),
        ((4, 3, "binary"), "1 or 2 outputs, got 3"),
        ((4, 1, "multiclass"), "an output for each class, got 1"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        suggest_architecture(*arguments)
