"""The operations of networks as plain functions; the formulas and gradients stand in `pellucid.ops`."""

from pellucid.ops.activation import (
    celu,
    elu,
    gelu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    heaviside,
    leaky_relu,
    log_softmax,
    logsigmoid,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    silu,
    softmax,
    softmin,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
    threshold,
)
from pellucid.ops.attention import scaled_dot_product_attention
from pellucid.ops.bilinear import bilinear
from pellucid.ops.convolution import conv1d, conv2d, conv3d
from pellucid.ops.elementwise import sigmoid, tanh
from pellucid.ops.embedding import embedding, one_hot
from pellucid.ops.embedding_bag import embedding_bag
from pellucid.ops.instance_norm import instance_norm, local_response_norm
from pellucid.ops.interpolation import interpolate
from pellucid.ops.linalg import linear
from pellucid.ops.loss_binary import binary_cross_entropy, binary_cross_entropy_with_logits, multilabel_soft_margin_loss
from pellucid.ops.loss_classes import cross_entropy, nll_loss
from pellucid.ops.loss_ctc import ctc_loss
from pellucid.ops.loss_distance import cosine_embedding_loss, triplet_margin_loss, triplet_margin_with_distance_loss
from pellucid.ops.loss_likelihood import gaussian_nll_loss, kl_div, poisson_nll_loss
from pellucid.ops.loss_margin import (
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    soft_margin_loss,
)
from pellucid.ops.loss_regression import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from pellucid.ops.multi_head_attention import multi_head_attention_forward
from pellucid.ops.normalization import batch_norm, group_norm, layer_norm, rms_norm
from pellucid.ops.padding import pad
from pellucid.ops.pooling import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from pellucid.ops.pooling_adaptive import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
)
from pellucid.ops.pooling_places import (
    fractional_max_pool2d,
    fractional_max_pool3d,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from pellucid.ops.positions import apply_rotary
from pellucid.ops.regularization import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from pellucid.ops.shuffling import channel_shuffle, pixel_shuffle, pixel_unshuffle
from pellucid.ops.similarity import cosine_similarity, normalize, pairwise_distance
from pellucid.ops.transposed_convolution import conv_transpose1d, conv_transpose2d, conv_transpose3d
from pellucid.ops.unfolding import fold, unfold

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "alpha_dropout",
    "apply_rotary",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "channel_shuffle",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "ctc_loss",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "elu",
    "embedding",
    "embedding_bag",
    "feature_alpha_dropout",
    "fold",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "group_norm",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "heaviside",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "local_response_norm",
    "log_softmax",
    "logsigmoid",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "mish",
    "mse_loss",
    "multi_head_attention_forward",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "relu6",
    "rms_norm",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "unfold",
]
