import torch
import torch.nn as nn
import torch.optim as optim
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import ReduceLROnPlateau, StepLR

model = nn.Linear(2, 1).double()
nn.init.constant_(model.weight, 0.5)
nn.init.zeros_(model.bias)
x, y = torch.tensor([[1.0, 2.0], [3.0, -1.0]]).double(), torch.tensor([[1.0], [2.0]]).double()


def train(optimizer, scheduler, epochs=8, per_batch=False, metric=None):
    rates = []
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        if metric is None:
            scheduler.step()
        else:
            scheduler.step(metric(epoch))
        rates.append(optimizer.param_groups[0]["lr"])
    return rates, loss.item()


optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = StepLR(optimizer, step_size=3, gamma=0.1)
print(train(optimizer, scheduler))
print(scheduler.get_last_lr())

optimizer = optim.SGD(model.parameters(), lr=0.1)
scheduler = ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=2)
print(train(optimizer, scheduler, metric=lambda epoch: 1.0))

optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, steps_per_epoch=4, epochs=2)
print(train(optimizer, scheduler))

optimizer = optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8, eta_min=1e-5)
print(train(optimizer, scheduler))

optimizer = optim.Adam(model.parameters(), lr=0.01)
scheduler = lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda epoch: 0.95**epoch)
print(train(optimizer, scheduler))
scheduler = lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
print(train(optimizer, scheduler))
scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[2, 5], gamma=0.1)
print(train(optimizer, scheduler))

optimizer = optim.SGD(model.parameters(), lr=0.1)
warmup = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=3)
decay = lr_scheduler.CosineAnnealingLR(optimizer, T_max=5)
print(train(optimizer, lr_scheduler.SequentialLR(optimizer, schedulers=[warmup, decay], milestones=[3])))

for g in optimizer.param_groups:
    g["lr"] = 0.5
print(optimizer.param_groups[0]["lr"], optimizer.state_dict()["param_groups"][0]["lr"])
