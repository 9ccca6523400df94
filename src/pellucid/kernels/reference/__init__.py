"""The reference engine: NumPy, the specification of every kernel, always kept, always right.

Kernels know arrays only. They follow Array-API names and keywords, return new arrays, and carry NaN and
infinity as values without NumPy's warnings.
"""

from pellucid.kernels.reference.activations import (
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    leaky_relu,
    leaky_relu_backward,
    mish,
    mish_backward,
    relu,
    relu_backward,
    sigmoid_backward,
    silu,
    silu_backward,
    tanh_backward,
)
from pellucid.kernels.reference.attention import (
    attention,
    attention_backward,
    self_attention,
    self_attention_backward,
)
from pellucid.kernels.reference.clipping import clip_all, scale_all, total_norm
from pellucid.kernels.reference.convolution import convolve, convolve_dW, convolve_dx, fold, sum_channels, unfold
from pellucid.kernels.reference.counted import dropout, dropout_mask
from pellucid.kernels.reference.counters import draw_keys, shuffles
from pellucid.kernels.reference.embedding import add_at, take_rows
from pellucid.kernels.reference.error_function import erf
from pellucid.kernels.reference.gru import gru, gru_backward
from pellucid.kernels.reference.layout import reshape
from pellucid.kernels.reference.losses import cross_entropy, cross_entropy_backward, mean_cross_entropy
from pellucid.kernels.reference.lstm import lstm, lstm_backward
from pellucid.kernels.reference.maps import exp, log, log1p, sigmoid, softplus, tanh
from pellucid.kernels.reference.mean_losses import (
    bce,
    bce_backward,
    bce_with_logits,
    bce_with_logits_backward,
    mse,
    mse_backward,
)
from pellucid.kernels.reference.norms import (
    normalize,
    normalize_backward,
    rms_normalize,
    rms_normalize_backward,
    scale_channels,
)
from pellucid.kernels.reference.plan import new_plan
from pellucid.kernels.reference.pooled_convolution import convolve_relu_pool, convolve_relu_pool_backward
from pellucid.kernels.reference.pooling import avg_pool, avg_pool_backward, max_pool, max_pool_backward
from pellucid.kernels.reference.products import linear, linear_backward, matmul
from pellucid.kernels.reference.rnn import rnn, rnn_backward
from pellucid.kernels.reference.row_losses import (
    add_squares,
    bce_with_logits_of_rows,
    bce_with_logits_of_rows_backward,
    mse_of_rows,
    mse_of_rows_backward,
    weighted_mean,
)
from pellucid.kernels.reference.rows import log_softmax, log_softmax_backward, logsumexp, softmax, softmax_backward
from pellucid.kernels.reference.updates import update_adam, update_rmsprop, update_sgd

__all__ = [
    "add_at",
    "add_squares",
    "attention",
    "attention_backward",
    "avg_pool",
    "avg_pool_backward",
    "bce",
    "bce_backward",
    "bce_with_logits",
    "bce_with_logits_backward",
    "bce_with_logits_of_rows",
    "bce_with_logits_of_rows_backward",
    "clip_all",
    "convolve",
    "convolve_dW",
    "convolve_dx",
    "convolve_relu_pool",
    "convolve_relu_pool_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "draw_keys",
    "dropout",
    "dropout_mask",
    "erf",
    "exp",
    "fold",
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "gru",
    "gru_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "log",
    "log1p",
    "log_softmax",
    "log_softmax_backward",
    "logsumexp",
    "lstm",
    "lstm_backward",
    "matmul",
    "max_pool",
    "max_pool_backward",
    "mean_cross_entropy",
    "mish",
    "mish_backward",
    "mse",
    "mse_backward",
    "mse_of_rows",
    "mse_of_rows_backward",
    "new_plan",
    "normalize",
    "normalize_backward",
    "relu",
    "relu_backward",
    "reshape",
    "rms_normalize",
    "rms_normalize_backward",
    "rnn",
    "rnn_backward",
    "scale_all",
    "scale_channels",
    "self_attention",
    "self_attention_backward",
    "shuffles",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "sum_channels",
    "take_rows",
    "tanh",
    "tanh_backward",
    "total_norm",
    "unfold",
    "update_adam",
    "update_rmsprop",
    "update_sgd",
    "weighted_mean",
]
