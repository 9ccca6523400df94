import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(8)
X = torch.tensor(rng.normal(size=(80, 10)))
true_w = torch.zeros(10, dtype=torch.float64)
true_w[:2] = torch.tensor([2.0, -3.0], dtype=torch.float64)
y = (X @ true_w + 0.1 * torch.from_numpy(rng.normal(size=80))).unsqueeze(1)

for l1_lambda, l2_lambda in [(0.0, 0.0), (0.05, 0.0), (0.0, 0.05)]:
    model = nn.Linear(10, 1).double()
    nn.init.constant_(model.weight, 0.3)
    nn.init.constant_(model.bias, 0.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    criterion = nn.MSELoss()
    for epoch in range(100):
        optimizer.zero_grad()
        loss = criterion(model(X), y)
        l1_norm = sum(p.abs().sum() for p in model.parameters())
        l2_norm = sum(p.pow(2.0).sum() for p in model.parameters())
        loss = loss + l1_lambda * l1_norm + l2_lambda * l2_norm
        loss.backward()
        optimizer.step()
    print(l1_lambda, l2_lambda, loss.item(), model.weight.abs().sum().item(), (model.weight.abs() < 0.05).sum().item())

model = nn.Sequential(nn.Linear(10, 5), nn.ReLU(), nn.Linear(5, 1)).to(torch.float64)
for p in model.parameters():
    p.data.copy_(torch.from_numpy(rng.normal(size=p.shape)))
regularization_loss = 0
for param in model.parameters():
    regularization_loss += torch.norm(param, 1)
mse_loss = nn.functional.mse_loss(model(X), y)
total_loss = mse_loss + 0.01 * regularization_loss
total_loss.backward()
print(regularization_loss.item(), total_loss.item(), model[0].weight.grad.norm().item())
l2_reg = torch.tensor(0.0, requires_grad=True).double()
for name, param in model.named_parameters():
    if "weight" in name:
        l2_reg = l2_reg + torch.norm(param, p=2) ** 2
print(l2_reg.item(), torch.norm(model[0].weight.detach(), dim=1))
all_params = torch.cat([x.view(-1) for x in model.parameters()])
print(all_params.shape, torch.norm(all_params, 1).item(), torch.norm(all_params, float("inf")).item())
