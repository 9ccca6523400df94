"""What each row costs, and means in which rows have weights: losses of steps whose rows do not count alike.

x (or the logits z) and t are (n, k), losses are (n,). Of a row, `factor` times the sum over its elements is taken.
"""

from collections.abc import Sequence

from pellucid import kernels as K
from pellucid._tensor import Array, Tensor, record

__all__ = ["bce_with_logits_of_rows", "cross_entropy_of_rows", "mse_of_rows", "weighted_mean", "with_squares"]


def mse_of_rows(x: Tensor, t: Tensor, factor: float) -> Tensor:
    """l_i = factor sum_k (x_ik - t_ik)^2; dx_ik = 2 factor (x_ik - t_ik) dl_i."""
    a, b = x.array, t.array
    return record(K.mse_of_rows(a, b, factor), (x, lambda dl: K.mse_of_rows_backward(a, b, dl, factor)))


def bce_with_logits_of_rows(z: Tensor, t: Tensor, factor: float) -> Tensor:
    """l_i = factor sum_k (log(1 + e^z_ik) - z_ik t_ik); dz_ik = factor (sigmoid(z_ik) - t_ik) dl_i.

    Raises:
        ValueError: when a t lies outside [0, 1].
    """
    a, b = z.array, t.array
    losses = K.bce_with_logits_of_rows(a, b, factor)
    if losses is None:
        raise ValueError("the targets of a binary cross-entropy must lie in [0, 1]")
    return record(losses, (z, lambda dl: K.bce_with_logits_of_rows_backward(a, b, dl, factor)))


def cross_entropy_of_rows(z: Tensor, t: Array) -> Tensor:
    """l_i = -log p_(i, t_i) with p = softmax(z); dz_i = (p_i - onehot(t_i)) dl_i; the classes t are in range."""
    a = z.array
    losses, shift = K.cross_entropy(a, t, 1)
    return record(losses, (z, lambda dl: K.cross_entropy_backward(a, t, shift, dl, 1)))


def weighted_mean(l: Tensor, w: Tensor | None) -> Tensor:
    """L = sum w_i l_i / sum w_i; dl_i = w_i / sum w dL; every weight is 1 where w is None."""
    mean, shares = K.weighted_mean(l.array, None if w is None else w.array)
    return record(mean, (l, lambda dL: shares if float(dL) == 1 else shares * dL))


def with_squares(loss: Tensor, ps: Sequence[Tensor], factor: float) -> Tensor:
    """L + factor sum_p ||p||^2, shown only: dL alone is passed on, where the optimizer's weight decay moves p."""
    return record(K.add_squares(loss.array, [p.array for p in ps], factor), (loss, lambda dL: dL))
