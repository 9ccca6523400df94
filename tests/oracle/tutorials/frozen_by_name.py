from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn

net = nn.Sequential(
    OrderedDict(
        [
            ("embed", nn.Linear(4, 6)),
            ("act", nn.ELU()),
            ("hidden", nn.Linear(6, 6)),
            ("act2", nn.Hardswish()),
            ("head", nn.Linear(6, 1)),
        ]
    )
).double()
rng = np.random.default_rng(21)
for name, param in net.named_parameters():
    param.data = torch.from_numpy(rng.normal(size=param.shape))
    if not name.startswith("head") and "hidden" not in name:
        param.requires_grad = False
    print(name, param.requires_grad, tuple(param.shape))
net.hidden.requires_grad_(False)
net.hidden.bias.requires_grad = True

optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
X, y = torch.from_numpy(rng.normal(size=(15, 4))), torch.from_numpy(rng.normal(size=(15, 1)))
before = {k: v.clone() for k, v in net.state_dict().items()}
for epoch in range(5):
    loss = nn.functional.l1_loss(net(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss.item())
for name, value in net.state_dict().items():
    print(name, "moved" if not torch.equal(value, before[name]) else "kept")
trainable = sum(np.prod(p.size()) for p in net.parameters() if p.requires_grad)
print(trainable, net.embed.weight.grad)
