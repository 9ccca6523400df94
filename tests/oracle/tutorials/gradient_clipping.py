import numpy as np
import torch
import torch.nn as nn
from torch.nn.utils import clip_grad_norm_

rng = np.random.default_rng(9)
model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 2)).double()
for p in model.parameters():
    p.data = torch.from_numpy(3 * rng.normal(size=p.shape))
X = torch.from_numpy(10 * rng.normal(size=(12, 6)))
y = torch.from_numpy(10 * rng.normal(size=(12, 2)))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loss_fn = nn.SmoothL1Loss()

for step in range(5):
    optimizer.zero_grad()
    loss = loss_fn(model(X), y)
    loss.backward()
    total_norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
    clipped = sum(p.grad.norm().item() ** 2 for p in model.parameters()) ** 0.5
    optimizer.step()
    print(f"{loss.item():.6f} {total_norm.item():.6f} {clipped:.6f}")

loss = loss_fn(model(X), y)
optimizer.zero_grad()
loss.backward()
nn.utils.clip_grad_value_(model.parameters(), clip_value=0.01)
print(max(p.grad.abs().max().item() for p in model.parameters()))
print(clip_grad_norm_(model[0].weight, 0.001, norm_type="inf"))
for p in model.parameters():
    p.register_hook(lambda grad: torch.clamp(grad, -0.001, 0.001))
optimizer.zero_grad()
loss_fn(model(X), y).backward()
print([round(p.grad.max().item(), 6) for p in model.parameters()])
vec = nn.utils.parameters_to_vector(model.parameters())
nn.utils.vector_to_parameters(vec * 0.5, model.parameters())
print(vec.shape, (model[0].weight.view(-1) * 2 - vec[:48]).abs().max().item())
