"""Runs of our schedules and PyTorch's on optimizers of two groups."""

import torch

import pellucid
from pellucid import optim

OURS, THEIRS = optim.lr_scheduler, torch.optim.lr_scheduler


def half_after_three(epoch):
    return 0.5 if epoch > 3 else 1.0


def slowly(epoch):
    return 0.97**epoch


# Settings under which each schedule does what it is for within 60 steps. A schedule that is made of others is a
# function of the module of schedules (ours or PyTorch's) and of the optimizer.
CASES = {
    "ConstantLR": [{}, {"factor": 0.25, "total_iters": 11}],
    "CosineAnnealingLR": [{"T_max": 20}, {"T_max": 7, "eta_min": 0.01}, {"T_max": 1}],
    "CosineAnnealingWarmRestarts": [{"T_0": 7}, {"T_0": 5, "T_mult": 2, "eta_min": 0.01}, {"T_0": 1, "T_mult": 3}],
    "CyclicLR": [
        {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 5},
        {"base_lr": [0.01, 0.02], "max_lr": [0.2, 0.5], "step_size_up": 4, "step_size_down": 9, "mode": "triangular2"},
        {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 3, "mode": "exp_range", "gamma": 0.95},
        {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 3, "scale_fn": slowly, "scale_mode": "iterations"},
        {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 3, "base_momentum": 0.6, "max_momentum": 0.95},
        {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 3, "cycle_momentum": False},
    ],
    "ExponentialLR": [{"gamma": 0.9}],
    "LambdaLR": [{"lr_lambda": slowly}, {"lr_lambda": [slowly, half_after_three]}],
    "LinearLR": [{}, {"start_factor": 0.1, "end_factor": 0.5, "total_iters": 17}],
    "MultiStepLR": [{"milestones": [3, 10, 10, 30]}, {"milestones": [30, 5], "gamma": 0.5}],
    "MultiplicativeLR": [{"lr_lambda": half_after_three}, {"lr_lambda": [slowly, half_after_three]}],
    "OneCycleLR": [
        {"max_lr": 0.5, "total_steps": 61},
        {"max_lr": [0.5, 0.2], "epochs": 10, "steps_per_epoch": 7, "anneal_strategy": "linear", "pct_start": 0.4},
        {"max_lr": 0.5, "total_steps": 70, "three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0},
        {"max_lr": 0.5, "total_steps": 70, "base_momentum": [0.6, 0.7], "max_momentum": 0.9},
        {"max_lr": 0.5, "total_steps": 70, "cycle_momentum": False},
    ],
    "PolynomialLR": [{}, {"total_iters": 40, "power": 2.5}],
    "StepLR": [{"step_size": 7}, {"step_size": 1, "gamma": 0.95}],
    "SequentialLR": [
        lambda s, o: s.SequentialLR(
            o,
            [s.LinearLR(o, 0.1, total_iters=5), s.CosineAnnealingLR(o, T_max=20), s.ExponentialLR(o, gamma=0.9)],
            milestones=[5, 25],
        ),
        lambda s, o: s.SequentialLR(
            o,
            [s.StepLR(o, 4), s.MultiStepLR(o, [3, 9]), s.ConstantLR(o, 0.5, 3), s.PolynomialLR(o, 9)],
            milestones=[9, 20, 41],
        ),
        lambda s, o: s.SequentialLR(
            o,
            [s.LambdaLR(o, slowly), s.CosineAnnealingWarmRestarts(o, T_0=6, T_mult=2), s.LinearLR(o)],
            milestones=[1, 50],
        ),
        lambda s, o: s.SequentialLR(
            o, [s.MultiplicativeLR(o, half_after_three), s.MultiplicativeLR(o, slowly)], milestones=[8]
        ),
    ],
    "ChainedScheduler": [
        lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 8), s.ExponentialLR(o, gamma=0.9)]),
        lambda s, o: s.ChainedScheduler([s.StepLR(o, 6, 0.5), s.LinearLR(o), s.CosineAnnealingLR(o, 30)], o),
        lambda s, o: s.ChainedScheduler(
            [s.SequentialLR(o, [s.LinearLR(o), s.ExponentialLR(o, 0.99)], [6]), s.MultiStepLR(o, [9])]
        ),
    ],
}
EACH = [(name, case) for name, cases in CASES.items() for case in range(len(cases))]


def optimizers(kind="SGD"):
    """Return our optimizer and PyTorch's, each of two groups with gradients."""
    settings = {"lr": 0.1, "momentum": 0.9} if kind == "SGD" else {"lr": 0.1}

    def build(optimizers, ones):
        groups = [{"params": [ones(2, requires_grad=True)]}, {"params": [ones(2, requires_grad=True)], "lr": 0.3}]
        return getattr(optimizers, kind)(groups, **settings)

    return build(optim, pellucid.ones), build(torch.optim, torch.ones)


def make(library, optimizer, name, case):
    given = CASES[name][case]
    return given(library, optimizer) if callable(given) else getattr(library, name)(optimizer, **given)


def settings_of(optimizer):
    """Return what a schedule writes: every group's rate and momentum."""
    return [(g["lr"], g["momentum"] if "momentum" in g else g["betas"]) for g in optimizer.param_groups]


def flat(trace):
    out = []
    for entry in trace:
        for lr, momentum in entry:
            out.append(lr)
            out.extend(momentum if isinstance(momentum, tuple) else (momentum,))
    return out


def walk(optimizer, schedule, steps):
    """Return the settings before each step and after the last."""
    trace = [settings_of(optimizer)]
    for _ in range(steps):
        optimizer.step()
        schedule.step()
        assert schedule.get_last_lr() == [g["lr"] for g in optimizer.param_groups]
        trace.append(settings_of(optimizer))
    return trace
