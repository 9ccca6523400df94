import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(19)
X, y = torch.from_numpy(rng.normal(size=(64, 6))), torch.from_numpy(rng.normal(size=(64, 1)))


def make():
    generator = np.random.default_rng(20)
    model = nn.Sequential(nn.Linear(6, 5), nn.SiLU(), nn.Linear(5, 1)).double()
    for p in model.parameters():
        p.data = torch.from_numpy(generator.normal(size=p.shape))
    return model, torch.optim.SGD(model.parameters(), lr=0.1)


criterion = nn.MSELoss()
model, optimizer = make()
accumulation_steps = 4
model.zero_grad()
for i, (inputs, labels) in enumerate(DataLoader(TensorDataset(X, y), batch_size=8)):
    predictions = model(inputs)
    loss = criterion(predictions, labels)
    loss = loss / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        model.zero_grad()
print([p.sum().item() for p in model.parameters()])

whole, optimizer = make()
for half in (slice(0, 32), slice(32, 64)):
    optimizer.zero_grad(set_to_none=False)
    criterion(whole(X[half]), y[half]).backward()
    optimizer.step()
print(all(torch.allclose(p, q) for p, q in zip(model.parameters(), whole.parameters())))

x = torch.tensor([1.0, 2.0], requires_grad=True)
for _ in range(3):
    (x**2).sum().backward()
print(x.grad)
z = (x**3).sum()
z.backward(retain_graph=True)
z.backward()
print(x.grad)
x.grad.zero_()
print(x.grad)
losses = torch.stack([criterion(whole(X[i : i + 16]), y[i : i + 16]) for i in range(0, 64, 16)])
print(losses.mean().item(), losses.shape)
