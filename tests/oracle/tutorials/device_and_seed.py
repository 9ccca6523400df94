import random

import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.nn as nn


def set_seed(seed: int = 42) -> None:
    np.random.seed(seed)
    random.seed(seed)
    torch.manual_seed(seed)
    torch.cuda.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


cudnn.benchmark = True
if torch.cuda.is_available():
    device = torch.device("cuda:0")
    torch.cuda.empty_cache()
elif torch.backends.mps.is_available():
    device = torch.device("mps")
else:
    device = torch.device("cpu")
name = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
print(device, name, device.type, torch.cuda.device_count(), f"Using {device} device")

set_seed(1)
a = torch.rand(3, device=device)
b = torch.rand(3, device=device)
set_seed(1)
print(torch.equal(a, torch.rand(3)), torch.equal(b, torch.rand(3)), torch.equal(a, b))
torch.manual_seed(2)
first = nn.Linear(4, 4).weight.detach().clone()
torch.manual_seed(2)
print(torch.equal(first, nn.Linear(4, 4).weight))

model = nn.Linear(4, 2).to(device)
x = torch.randn(5, 4, device=device, dtype=torch.float32)
x, y = x.to(device), torch.zeros(5, dtype=torch.long).to(device, non_blocking=True)
print(
    model(x).device, next(model.parameters()).device, x.to("cpu", torch.double).dtype == torch.float64, x.cpu().device
)
h = torch.zeros(2, 3).to(model.weight.device)
i = torch.arange(3, device=h.device)
print(torch.zeros_like(h, device=device).shape, torch.eye(2, device=device), i, torch.linspace(0, 1, 3, device="cpu"))
print(
    torch.randperm(5, device=device).sort().values, torch.as_tensor([1.0], device=device), h.new_ones(2, device=device)
)
r = torch.randint(0, 10, (100,))
print(r.shape, r.min().item() >= 0, r.max().item() < 10, torch.randn(2, 3).size(), torch.randn((2, 3)).shape)
u = (2 - -1) * torch.rand(50) + -1
print(-1 <= u.min().item(), u.max().item() < 2, torch.normal(mean=0.0, std=1.0, size=(2, 2)).shape)
print(torch.bernoulli(torch.full((4,), 1.0)), torch.empty(2).uniform_(0, 1).max().item() < 1)
