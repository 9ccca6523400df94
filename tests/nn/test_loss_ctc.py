"""The loss of label sequences: against the sum over all paths, through a log_softmax, and what is refused."""

import itertools

import numpy as np
import pytest

import pellucid
from pellucid import nn
from pellucid.autograd import gradcheck
from pellucid.nn import functional as F


def reading(path, blank):
    return [c for c, _ in itertools.groupby(path) if c != blank]


@pytest.mark.parametrize(("target", "blank"), [([1], 0), ([1, 1], 0), ([2, 1], 0), ([], 0), ([0, 1], 2)])
def test_the_loss_is_that_of_all_paths_that_read_as_the_target(target, blank):
    z = np.random.default_rng(0).normal(size=(4, 3))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    paths = (q for q in itertools.product(range(3), repeat=4) if reading(q, blank) == target)
    total = sum(np.prod([p[t, c] for t, c in enumerate(q)]) for q in paths)
    loss = F.ctc_loss(
        pellucid.tensor(np.log(p)),
        pellucid.tensor(np.array([target], dtype=np.int64)),
        [4],
        [len(target)],
        blank,
        "sum",
    )
    np.testing.assert_allclose(loss.item(), -np.log(total), rtol=1e-12)


def test_gradients_through_a_log_softmax_are_those_of_finite_differences():
    z = pellucid.tensor(np.random.default_rng(0).normal(size=(5, 3, 4)), requires_grad=True)
    targets, steps, lengths = pellucid.tensor([[1, 2], [3, 3], [2, 0]]), [5, 4, 3], [2, 2, 1]

    def loss(x):
        return F.ctc_loss(F.log_softmax(x, 2), targets, steps, lengths, reduction="none")

    assert gradcheck(loss, [z])


def test_targets_too_long_for_their_steps_cost_infinity_or_nothing():
    x = F.log_softmax(pellucid.randn(3, 1, 3), 2).detach().requires_grad_()
    targets = pellucid.tensor([[1, 1, 2]])
    assert nn.CTCLoss()(x, targets, [3], [3]).item() == float("inf")
    loss = nn.CTCLoss(zero_infinity=True)(x, targets, [3], [3])
    loss.backward()
    assert loss.item() == 0
    assert not x.grad.array.any()


def test_one_sequence_alone_is_a_batch_of_one():
    x = F.log_softmax(pellucid.randn(6, 4), 1)
    one = F.ctc_loss(x, pellucid.tensor([1, 2]), [6], [2], reduction="none")
    assert one.shape == ()
    assert one.item() == F.ctc_loss(x.reshape(6, 1, 4), pellucid.tensor([[1, 2]]), [6], [2]).item() * 2


def test_what_does_not_fit_is_refused_in_words():
    x, t = pellucid.zeros(5, 2, 3), pellucid.tensor([[1, 2], [1, 0]])
    for call, error, words in [
        (lambda: F.ctc_loss(x[0, 0], t, [5, 5], [2, 1]), ValueError, r"shape \(T, N, C\) or \(T, C\)"),
        (lambda: F.ctc_loss(x.long(), t, [5, 5], [2, 1]), RuntimeError, "floating-point log_probs"),
        (lambda: F.ctc_loss(x, t.float(), [5, 5], [2, 1]), TypeError, "targets are classes, integers, got float32"),
        (lambda: F.ctc_loss(x, t, [5.0, 5.0], [2, 1]), TypeError, "input_lengths are integers"),
        (
            lambda: F.ctc_loss(x, t, [5, 6], [2, 1]),
            ValueError,
            r"input_lengths are 2 numbers from 1 to 5, got \[5, 6\]",
        ),
        (lambda: F.ctc_loss(x, t, [5, 5], [2]), ValueError, "target_lengths are 2 numbers from 0 to 2"),
        (lambda: F.ctc_loss(x, t.reshape(-1), [5, 5], [2, 1]), ValueError, "add up to 3, but there are 4 targets"),
        (lambda: F.ctc_loss(x, t[:1], [5, 5], [2, 1]), ValueError, r"targets of shape \(2, S\)"),
        (lambda: F.ctc_loss(x, t + 1, [5, 5], [2, 1]), IndexError, r"targets are in 0 \.\.\. 2, got 0 \.\.\. 3"),
        (lambda: F.ctc_loss(x, t, [5, 5], [2, 1], blank=3), IndexError, "the blank is one of the classes"),
    ]:
        with pytest.raises(error, match=words):
            call()
