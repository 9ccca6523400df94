# Train, validate, report: a whole small project on two features, with class weights and a metrics loop.
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

N, D, K = 60, 2, 3
rng = np.random.RandomState(24)
X = np.zeros((N * K, D))
y = np.zeros(N * K, dtype="uint8")
for j in range(K):
    ix = range(N * j, N * (j + 1))
    r = np.linspace(0.0, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + rng.randn(N) * 0.2
    X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[ix] = j
order = rng.permutation(N * K)
X = torch.from_numpy(X[order]).float()
y = torch.from_numpy(y[order]).long()
mean, std = X.mean(0), X.std(0)
X = (X - mean) / std


class MLP(nn.Module):
    def __init__(self, sizes: list, activation: nn.Module = nn.ReLU()) -> None:
        super().__init__()
        layers = []
        for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
            layers.append(nn.Linear(a, b))
            if i < len(sizes) - 2:
                layers.append(activation)
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


model = MLP([2, 24, 24, 3], nn.Tanh())
for p in model.parameters():
    p.data = torch.from_numpy(rng.randn(*p.shape) / 3).float()
train_loader = DataLoader(TensorDataset(X[:150], y[:150]), batch_size=25, shuffle=False)
class_count = torch.bincount(y)
class_weights = 1.0 / class_count.float()
class_weights = class_weights / class_weights.sum() * K
print(class_count, class_weights)
criterion = nn.CrossEntropyLoss(weight=class_weights)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


@torch.no_grad()
def evaluate(model, X, y):
    model.eval()
    logits = model(X)
    preds = logits.argmax(dim=1)
    acc = (preds == y).float().mean().item()
    tp = torch.tensor([((preds == k) & (y == k)).sum() for k in range(K)])
    fp = torch.tensor([((preds == k) & (y != k)).sum() for k in range(K)])
    model.train()
    return F.cross_entropy(logits, y).item(), acc, (tp / (tp + fp).clamp(min=1)).mean().item()


history = {"loss": [], "acc": []}
for epoch in range(10):
    correct = torch.tensor(0)
    for xb, yb in train_loader:
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
        correct += (out.argmax(1) == yb).type(torch.float).sum().long()
        history["loss"].append(loss.item())
    history["acc"].append(correct.item() / 150)
print(["%.3f" % a for a in history["acc"]])
print(["%.3f" % v for v in evaluate(model, X[150:], y[150:])])
xx, yy = torch.meshgrid(torch.linspace(-2, 2, 5), torch.linspace(-2, 2, 4), indexing="ij")
grid = torch.stack([xx.ravel(), yy.ravel()], dim=1)
Z = model(grid).argmax(1).reshape(xx.shape)
print(Z, torch.unique(Z))
print(torch.sigmoid(torch.tensor(0.0)), torch.nn.Softmax(dim=1)(model(X[:1])), F.one_hot(y[:3], K))
