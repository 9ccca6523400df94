"""Where each public name of `pellucid` lives; kept apart so that importing the package stays cheap."""

__all__ = ["MODULES", "NAMES"]

MODULES = frozenset(
    (
        "accelerator",
        "autograd",
        "backends",
        "cuda",
        "data",
        "dtypes",
        "estimators",
        "inspect",
        "kernels",
        "models",
        "nn",
        "ops",
        "optim",
        "plot",
        "random",
        "train",
        "tune",
        "utils",
    )
)
"""Submodules reached as attributes."""

_BY_MODULE = {
    "_tensor": "Tensor Size tensor",
    "_constants": "e inf nan pi",
    "_device": "device",
    "dtypes": "dtype finfo iinfo float16 float32 float64 int8 int16 int32 int64 uint8 get_default_dtype "
    "set_default_dtype",
    "grad_mode": "enable_grad inference_mode is_grad_enabled no_grad set_grad_enabled",
    "random": "Generator default_generator get_rng_state initial_seed manual_seed seed set_rng_state",
    "_serialization": "load save",
    "kernels": "get_engine get_num_threads set_engine set_num_threads use_engine",
    "ops.creation": "BoolTensor ByteTensor DoubleTensor FloatTensor IntTensor LongTensor arange bernoulli empty "
    "empty_like eye from_numpy full full_like linspace logspace meshgrid multinomial normal ones ones_like rand "
    "rand_like randint randn randn_like randperm zeros zeros_like",
    "ops.arithmetic": "add div floor_divide maximum minimum mul neg pow remainder square sub",
    "ops.elementwise": "abs acos asin atan atan2 ceil clamp cos cosh erf exp expm1 floor log log10 log1p log2 "
    "nan_to_num reciprocal round rsqrt sigmoid sign sin sinh sqrt tan tanh trunc",
    "ops.activation": "celu heaviside log_softmax prelu relu selu softmax",
    "ops.comparison": "all allclose any eq equal ge gt isclose isfinite isinf isnan le logical_and logical_not "
    "logical_or logical_xor lt ne",
    "ops.conversion": "clone is_floating_point numel",
    "ops.derived": "addcdiv addcmul aminmax broadcast_tensors cdist clamp_max clamp_min diff dist hstack inner "
    "is_tensor isin lerp logaddexp logit narrow quantile "
    "std_mean trace var_mean vstack",
    "ops.regularization": "dropout",
    "ops.similarity": "cosine_similarity pairwise_distance",
    "ops.reduction": "amax amin bincount count_nonzero cumsum logsumexp mean norm prod std sum var",
    "ops.ordering": "argmax argmin argsort max median min sort topk unique",
    "ops.shape": "broadcast_to cat chunk diag flatten flip movedim permute ravel repeat_interleave reshape roll split "
    "squeeze stack swapaxes t tile transpose tril triu unbind unflatten unsqueeze",
    "ops.indexing": "gather index_add index_select masked_fill masked_select nonzero scatter scatter_add select take "
    "where",
    "ops.linalg": "addmm bmm dot einsum matmul mm mv outer",
    "train.compiled": "compile",
}

_ALIASES = {
    "absolute": ("ops.elementwise", "abs"),
    "as_tensor": ("ops.creation", "asarray"),
    "asarray": ("ops.creation", "asarray"),
    "bool": ("dtypes", "bool_"),
    "clip": ("ops.elementwise", "clamp"),
    "concat": ("ops.shape", "cat"),
    "concatenate": ("ops.shape", "cat"),
    "divide": ("ops.arithmetic", "div"),
    "double": ("dtypes", "float64"),
    "float": ("dtypes", "float32"),
    "half": ("dtypes", "float16"),
    "int": ("dtypes", "int32"),
    "long": ("dtypes", "int64"),
    "multiply": ("ops.arithmetic", "mul"),
    "negative": ("ops.arithmetic", "neg"),
    "short": ("dtypes", "int16"),
    "subtract": ("ops.arithmetic", "sub"),
    "true_divide": ("ops.arithmetic", "div"),
}

NAMES = {name: (module, name) for module, names in _BY_MODULE.items() for name in names.split()} | _ALIASES
"""Public name -> (module under pellucid, name there)."""
