"""Helpers for the parameters of modules: clipping, norms, penalties, vectors."""

from pellucid.nn.utils import rnn
from pellucid.nn.utils.clipping import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from pellucid.nn.utils.penalties import l1_penalty, l2_penalty, max_norm_
from pellucid.nn.utils.vectors import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "l1_penalty",
    "l2_penalty",
    "max_norm_",
    "parameters_to_vector",
    "rnn",
    "vector_to_parameters",
]
