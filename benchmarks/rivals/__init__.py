"""The libraries that are compared, each in a file of its own.

A rival is named MODULE:CLASS, so that a process imports only the library that it measures.
"""

import importlib

from benchmarks.rivals.rival import Rival

__all__ = ["RIVALS", "Rival", "rival"]

RIVALS = {
    "pellucid": "pellucid_engine:Pellucid",
    "pellucid-compile": "pellucid_engine:PellucidCompiled",
    "pellucid-numpy": "pellucid_engine:PellucidNumPy",
    "torch": "pytorch:PyTorch",
    "torch-fused": "pytorch:PyTorchFused",
    "torch-compile": "pytorch:PyTorchCompiled",
    "jax": "jax_jit:JAX",
    "sklearn": "scikit_learn:ScikitLearn",
    "keras": "keras_jax:Keras",
}


def rival(name: str) -> type[Rival]:
    """Import one rival.

    Raises:
        ImportError: when its library is not installed.
    """
    module, attribute = RIVALS[name].split(":")
    return getattr(importlib.import_module(f"benchmarks.rivals.{module}"), attribute)
