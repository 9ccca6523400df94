"""Runs of our optimizers and PyTorch's on the same parameters and gradients, in float64."""

import numpy as np
import torch

import pellucid
from pellucid import optim

SHAPES = ((3, 4), (4,), ())
TORCH = {name: getattr(torch.optim, kind.__name__) for name, kind in optim.REGISTRY.items()}

# Under these settings every hyperparameter of the optimizer has something to act upon.
BASE = {
    "adadelta": {"eps": 1e-3},
    "adagrad": {"lr": 0.1},
    "adam": {"lr": 0.1, "weight_decay": 0.1},
    "adamax": {"lr": 0.1},
    "adamw": {"lr": 0.1},
    "nadam": {"lr": 0.1, "weight_decay": 0.1},
    "radam": {"lr": 0.1, "betas": (0.9, 0.95), "weight_decay": 0.1},
    "rmsprop": {"lr": 0.1},
    "sgd": {"lr": 0.1, "momentum": 0.5},
}

# Another value of every hyperparameter; a new one must be added here or its test fails.
OTHER = {
    "lr": 0.3,
    "betas": (0.7, 0.9),
    "eps": 1e-2,
    "weight_decay": 0.25,
    "amsgrad": True,
    "maximize": True,
    "decoupled_weight_decay": True,
    "momentum": 0.8,
    "dampening": 0.3,
    "nesterov": True,
    "alpha": 0.8,
    "centered": True,
    "lr_decay": 0.2,
    "initial_accumulator_value": 0.5,
    "rho": 0.7,
    "momentum_decay": 0.4,
}


def changed(name, hyperparameter):
    settings = {**BASE[name]}
    value = OTHER[hyperparameter]
    if hyperparameter == "decoupled_weight_decay" and name == "adamw":
        return None  # it is what makes AdamW; its constructor does not have it
    return {**settings, hyperparameter: value}


def start(seed=0):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape)) for shape in SHAPES]


def gradients(steps, seed=1):
    """Shrinking gradients, so that amsgrad's maximum is not the newest value."""
    rng = np.random.default_rng(seed)
    return [[np.asarray(rng.normal(size=shape) / (1 + k)) for shape in SHAPES] for k in range(steps)]


def build(kind, make, settings, values=None):
    """Two groups, the second with a learning rate of its own."""
    parameters = [make(value.copy()) for value in (start() if values is None else values)]
    groups = [{"params": parameters[:2]}, {"params": parameters[2:], "lr": 0.05}]
    return parameters, kind(groups, **settings)


def ours(value):
    return pellucid.tensor(value, requires_grad=True)


def theirs(value):
    return torch.tensor(value, requires_grad=True)


def walk(parameters, optimizer, steps, make):
    for step in steps:
        for p, g in zip(parameters, step, strict=True):
            p.grad = make(g)
        optimizer.step()


def run_ours(name, settings, steps):
    parameters, optimizer = build(optim.REGISTRY[name], ours, settings)
    walk(parameters, optimizer, steps, pellucid.tensor)
    return [p.detach().numpy() for p in parameters], optimizer


def run_theirs(name, settings, steps):
    parameters, optimizer = build(TORCH[name], theirs, settings)
    walk(parameters, optimizer, steps, torch.tensor)
    return [p.detach().numpy() for p in parameters], optimizer


def distance(a, b):
    return max(float(np.max(np.abs(x - y), initial=0)) for x, y in zip(a, b, strict=True))
