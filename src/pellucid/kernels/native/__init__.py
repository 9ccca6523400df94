"""The native engine: the kernels of pellucid._native under the reference's names and signatures.

A function here takes the arrays that its C++ kernel is made for (float32, contiguous) and leaves every other to
the reference; what this package lacks, `kernels` takes from the reference. Results are those of the reference to
rounding, and the same bits for any number of threads.
"""

from pellucid.kernels.native.attention import (
    attention,
    attention_backward,
    self_attention,
    self_attention_backward,
)
from pellucid.kernels.native.channel_norm import scale_channels
from pellucid.kernels.native.clipping import clip_all, scale_all, total_norm
from pellucid.kernels.native.convolution import convolve, convolve_dW, convolve_dx, sum_channels
from pellucid.kernels.native.counted import dropout, dropout_mask
from pellucid.kernels.native.counters import draw_keys, shuffles
from pellucid.kernels.native.embedding import add_at, take_rows
from pellucid.kernels.native.layout import reshape
from pellucid.kernels.native.maps import (
    erf,
    exp,
    gelu,
    gelu_backward,
    gelu_tanh,
    gelu_tanh_backward,
    leaky_relu,
    leaky_relu_backward,
    log,
    log1p,
    mish,
    mish_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    silu,
    silu_backward,
    softplus,
    tanh,
    tanh_backward,
)
from pellucid.kernels.native.mean_losses import (
    bce,
    bce_backward,
    bce_with_logits,
    bce_with_logits_backward,
    mse,
    mse_backward,
)
from pellucid.kernels.native.norms import normalize, normalize_backward, rms_normalize, rms_normalize_backward
from pellucid.kernels.native.plan import new_plan
from pellucid.kernels.native.pooled_convolution import convolve_relu_pool, convolve_relu_pool_backward
from pellucid.kernels.native.pooling import avg_pool, avg_pool_backward, max_pool, max_pool_backward
from pellucid.kernels.native.products import linear, linear_backward, matmul
from pellucid.kernels.native.recurrence import gru, gru_backward, lstm, lstm_backward, rnn, rnn_backward
from pellucid.kernels.native.row_losses import (
    add_squares,
    bce_with_logits_of_rows,
    bce_with_logits_of_rows_backward,
    mse_of_rows,
    mse_of_rows_backward,
    weighted_mean,
)
from pellucid.kernels.native.rows import (
    cross_entropy,
    cross_entropy_backward,
    log_softmax,
    log_softmax_backward,
    logsumexp,
    mean_cross_entropy,
    softmax,
    softmax_backward,
)
from pellucid.kernels.native.runtime import get_num_threads, isa, set_num_threads
from pellucid.kernels.native.updates import update_adam, update_rmsprop, update_sgd

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
    "gelu",
    "gelu_backward",
    "gelu_tanh",
    "gelu_tanh_backward",
    "get_num_threads",
    "gru",
    "gru_backward",
    "isa",
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
    "set_num_threads",
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
    "update_adam",
    "update_rmsprop",
    "update_sgd",
    "weighted_mean",
]
