"""Chapter 15: schedules for the learning rate.

A batch shows only a few rows, so its gradient is right only on average. With large steps we arrive soon, and then
rattle around the goal for ever; with small ones we come close, but late. A schedule begins with large steps and
ends with small ones.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset
from pellucid.nn import functional as F
from pellucid.optim import lr_scheduler as schedules

# --- A task whose best answer is known ----------------------------------------------------------------------
# Linear regression with noise. Least squares gives the lowest loss there is; we watch what is missing to it.
ROWS, FEATURES, BATCH, EPOCHS = 400, 8, 8, 12
random = pl.Generator(0).numpy()
X = random.standard_normal((ROWS, FEATURES)) * np.geomspace(1, 0.3, FEATURES)  # the last ones are hard to learn
t = X @ np.ones(FEATURES) + 2 * random.standard_normal(ROWS)
best = np.square(t - X @ np.linalg.lstsq(X, t, rcond=None)[0]).mean()
data = TensorDataset(pl.tensor(X).float(), pl.tensor(t).float().unsqueeze(1))
STEPS = EPOCHS * ROWS // BATCH


def train(lr, make_schedule=None, every_epoch=False, seed=0):
    """Return the learning rate of every step, and after every step how far the loss is above the lowest possible."""
    pl.manual_seed(seed)
    model = nn.Linear(FEATURES, 1, bias=False)
    nn.init.zeros_(model.weight)
    optimizer = optim.SGD(model.parameters(), lr=lr)
    scheduler = None if make_schedule is None else make_schedule(optimizer)
    loader = DataLoader(data, batch_size=BATCH, shuffle=True, seed=seed)
    rates, excess = [], []
    for _ in range(EPOCHS):
        for inputs, targets in loader:
            loss = F.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rates.append(optimizer.param_groups[0]["lr"])
            if scheduler is not None and not every_epoch:
                scheduler.step()  # always after optimizer.step()
            w = model.weight.detach().numpy()[0].astype(np.float64)
            excess.append(np.square(t - X @ w).mean() - best)
        if every_epoch:
            scheduler.step(excess[-1] + best)  # this one wants to see the loss
    return rates, excess


# --- The schedules ------------------------------------------------------------------------------------------
# Each as a function of the optimizer. All begin at its learning rate, but for warm-up and one cycle, which climb
# to it first.
def warm_up_then_cosine(optimizer):
    """Climb for a tenth of the steps, as transformers are trained, and fall along a cosine."""
    climb = schedules.LinearLR(optimizer, start_factor=0.01, total_iters=STEPS // 10)
    fall = schedules.CosineAnnealingLR(optimizer, T_max=STEPS - STEPS // 10)
    return schedules.SequentialLR(optimizer, [climb, fall], milestones=[STEPS // 10])


LR = 0.1
made = {
    "StepLR": lambda o: schedules.StepLR(o, step_size=STEPS // 4, gamma=0.3),
    "ExponentialLR": lambda o: schedules.ExponentialLR(o, gamma=0.01 ** (1 / STEPS)),
    "CosineAnnealingLR": lambda o: schedules.CosineAnnealingLR(o, T_max=STEPS),
    "warm-up, cosine": warm_up_then_cosine,
    "OneCycleLR": lambda o: schedules.OneCycleLR(o, max_lr=LR, total_steps=STEPS, cycle_momentum=False),
    "warm restarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, T_0=STEPS // 3),
    "ReduceLROnPlateau": lambda o: schedules.ReduceLROnPlateau(o, factor=0.3, patience=1),
}
print(f"{STEPS} steps; the lowest possible loss is {best:.3f}. What is missing to it, over the last epoch:")
constant, reached = {}, {}
for lr in (0.01, 0.03, 0.1, 0.3):
    _, constant[lr] = train(lr)
    print(f"  constant {lr:<10g}{np.mean(constant[lr][-ROWS // BATCH :]):10.4f}")
curves = {}
for name, make in made.items():
    rates, excess = curves[name] = train(LR, make, every_epoch=name == "ReduceLROnPlateau")
    reached[name] = np.mean(excess[-ROWS // BATCH :])
    print(
        f"  {name:<19}{reached[name]:10.4f}   lr: first {rates[0]:.4f}, highest {max(rates):.4f}, last {rates[-1]:.4f}"
    )

# --- What the numbers say -----------------------------------------------------------------------------------
lowest = min(np.mean(excess[-ROWS // BATCH :]) for excess in constant.values())
print(f"\nThe best constant rate leaves {lowest:.4f}, the best schedule {min(reached.values()):.4f}.")
print(f"{sum(missing < lowest for missing in reached.values())} of {len(reached)} schedules beat every constant rate.")

# --- The picture --------------------------------------------------------------------------------------------
left, right = panels(2, width=4.9, height=4)
colors = ["#2f7ed8", "#d9730d", "#149a6c", "#b0429a", "#7d828c", "#c9a400", "#1d2127"]
for (name, (rates, _)), color in zip(curves.items(), colors, strict=True):
    left.plot(range(1, STEPS + 1), rates, color=color, linewidth=1.8, label=name)
left.set(
    xlabel="step", ylabel="learning rate", title="Seven schedules", ylim=(0, 1.65 * LR), yticks=np.linspace(0, LR, 6)
)
left.legend(loc="upper center", ncols=2)
shown = {
    "constant 0.1": (constant[0.1], "#7d828c", 1.0),
    "constant 0.01": (constant[0.01], "#d9730d", 1.8),
    "0.1 falling along a cosine": (curves["CosineAnnealingLR"][1], "#2f7ed8", 1.8),
}
for name, (excess, color, width) in shown.items():
    right.plot(range(1, STEPS + 1), excess, color=color, linewidth=width, label=name)
right.set(
    yscale="log", xlabel="step", ylabel="loss above the lowest possible", title="What a schedule does to the loss"
)
right.legend(loc="upper right")
save(left)
