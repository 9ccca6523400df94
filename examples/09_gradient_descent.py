"""Chapter 9: gradient descent and its variants, racing on one surface.

Gradient descent goes downhill: w <- w - lr dL/dw. In a long narrow valley it has a hard time: the gradient points
across the valley, at the steep walls, and hardly along it, where the goal is. Each variant mends that in its own
way. All start at the same place; the first that comes near the minimum, and stays, has won.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import optim

START, STEPS, NEAR = (-4.2, -1.0), 150, 1e-3
FLAT, STEEP = 1.0, 25.0


def valley(w):
    """Return the height at w: a valley that lies aslant, with its lowest point, of height 0, at (0, 0)."""
    along, across = 0.8 * w[0] + 0.6 * w[1], -0.6 * w[0] + 0.8 * w[1]
    return 0.5 * (FLAT * along**2 + STEEP * across**2)


def run(make_optimizer, steps=STEPS):
    """Return the places that an optimizer visits, one a row, from the start on; who runs away is stopped."""
    w = pl.tensor(START, requires_grad=True)
    optimizer = make_optimizer([w])
    path = [w.tolist()]
    for _ in range(steps):
        optimizer.zero_grad()
        valley(w).backward()
        optimizer.step()
        path.append(w.tolist())
        if valley(path[-1]) > 1e9:
            break
    return np.array(path)


# --- What limits plain gradient descent ---------------------------------------------------------------------
# In a direction of curvature c, a step multiplies the distance from the goal by 1 - lr c. For lr above 2 / c
# that is below -1: every step lands higher up on the other wall. So the steepest direction forbids large steps,
# while the flattest needs them.
limit = 2 / STEEP
print(f"The steepest curvature is {STEEP:g}: gradient descent must diverge above lr = 2 / {STEEP:g} = {limit}")
for lr in (0.98 * limit, 1.02 * limit):
    heights = valley(run(lambda w, lr=lr: optim.SGD(w, lr=lr)).T)
    print(f"  lr = {lr:.4f}: from the height {heights[0]:.2f} to {heights[-1]:.2g} in {STEPS} steps")

# --- The race -----------------------------------------------------------------------------------------------
#   SGD       plain gradient descent
#   momentum  a heavy ball: steps along the valley add up, steps across it cancel
#   Nesterov  the same ball, looking where it is about to be
#   Adagrad   each weight has a step of its own, the smaller the more gradient it has seen
#   RMSprop   the same, but forgetting the distant past
#   Adam      momentum and RMSprop together
# A race in which one learning rate was tuned and the others were not proves nothing. So everybody tries the
# same list, and runs with the one that suits it best.
variants = {
    "SGD": optim.SGD,
    "momentum": lambda w, lr: optim.SGD(w, lr=lr, momentum=0.8),
    "Nesterov": lambda w, lr: optim.SGD(w, lr=lr, momentum=0.8, nesterov=True),
    "Adagrad": optim.Adagrad,
    "RMSprop": optim.RMSprop,
    "Adam": optim.Adam,
}
rates = [0.01, 0.02, 0.05, 0.07, 0.1, 0.2, 0.5, 1.0, 2.0]


def arrival(path):
    """Return after how many steps the height is near 0 and stays there; STEPS + 1 when it does not."""
    high = valley(path.T) >= NEAR
    return STEPS + 1 if high[-1] else int(np.flatnonzero(high).max()) + 1


best, arrived = {}, {}
for name, make in variants.items():
    runs = [(lr, run(lambda w, lr=lr, make=make: make(w, lr=lr))) for lr in rates]
    best[name] = min(runs, key=lambda result: (arrival(result[1]), valley(result[1][-1])))
    arrived[name] = sum(arrival(path) <= STEPS for _, path in runs)

print(f"\nsteps until the height stays below {NEAR}, with the best learning rate; and how many of the rates arrive")
for name, (lr, path) in sorted(best.items(), key=lambda item: arrival(item[1][1])):
    steps = arrival(path)
    verdict = f"{steps} steps" if steps <= STEPS else f"over {STEPS} steps"
    print(f"  {name:<9} {verdict:>14} with lr {lr:<5} {arrived[name]} of {len(rates)} rates arrive")
print("The order belongs to this valley; on another surface, or with noise in the gradient, it changes.")

# --- The picture --------------------------------------------------------------------------------------------
axes = panels(3, rows=2, width=3.6, height=3.2, sharex=True, sharey=True)
x, y = np.meshgrid(np.linspace(-5.2, 2.6, 200), np.linspace(-6.4, 1.8, 200))
for ax, (name, (lr, path)) in zip(axes, best.items(), strict=True):
    steps = arrival(path)
    levels = [0.3, 1.5, 4, 8, 14, 25, 45, 80]
    ax.contour(x, y, valley(np.array([x, y])), levels=levels, colors="#b9bec7", linewidths=0.8)
    ax.plot(*path[: steps + 1].T, "o-", color="#2f7ed8", markersize=3, linewidth=1.2)
    ax.plot(0, 0, "*", color="#d9730d", markersize=12, zorder=3)
    ax.set_title(f"{name}, lr {lr:g}: " + (f"{steps} steps" if steps <= STEPS else f"over {STEPS} steps"))
    ax.grid(visible=False)
for ax in axes[3:]:
    ax.set_xlabel("w1")
for ax in axes[::3]:
    ax.set_ylabel("w2")
axes[0].set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
save(axes[0])
