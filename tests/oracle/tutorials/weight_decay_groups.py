import numpy as np
import torch
from torch import nn, optim

rng = np.random.default_rng(13)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(5, 7)
        self.norm = nn.LayerNorm(7)
        self.classifier = nn.Linear(7, 3)

    def forward(self, x):
        return self.classifier(nn.functional.gelu(self.norm(self.base(x))))


def build(optimizer_class, **options):
    net = Net().double()
    generator = np.random.default_rng(14)
    for p in net.parameters():
        p.data = torch.from_numpy(generator.normal(size=p.shape))
    decay, no_decay = [], []
    for name, param in net.named_parameters():
        if len(param.shape) == 1 or name.endswith(".bias"):
            no_decay.append(param)
        else:
            decay.append(param)
    groups = [{"params": decay, "weight_decay": 0.1}, {"params": no_decay, "weight_decay": 0.0}]
    return net, optimizer_class(groups, **options)


X = torch.from_numpy(rng.normal(size=(20, 5)))
y = torch.from_numpy(rng.integers(0, 3, 20))
for optimizer_class, options in [
    (optim.AdamW, {"lr": 1e-2, "betas": (0.9, 0.95), "eps": 1e-8}),
    (optim.Adam, {"lr": 1e-2, "amsgrad": True}),
    (optim.SGD, {"lr": 1e-2, "momentum": 0.9, "nesterov": True}),
    (optim.RMSprop, {"lr": 1e-3, "alpha": 0.9}),
    (optim.Adagrad, {"lr": 1e-2}),
    (optim.Adadelta, {}),
    (optim.NAdam, {"lr": 1e-2}),
    (optim.Adamax, {"lr": 1e-2}),
    (optim.RAdam, {"lr": 1e-2}),
]:
    net, optimizer = build(optimizer_class, **options)
    for _ in range(10):
        loss = nn.CrossEntropyLoss(label_smoothing=0.1)(net(X), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    print(optimizer_class.__name__, len(optimizer.param_groups), loss.item(), net.base.weight.sum().item())

net, _ = build(optim.SGD, lr=0.1)
optimizer = optim.SGD(
    [
        {"params": net.base.parameters(), "lr": 1e-2},
        {"params": net.classifier.parameters()},
    ],
    lr=1e-3,
    momentum=0.9,
)
optimizer.add_param_group({"params": net.norm.parameters(), "lr": 0.5})
print([(g["lr"], g["momentum"], len(g["params"])) for g in optimizer.param_groups])


def closure():
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(X), y, weight=torch.tensor([1.0, 2.0, 0.5]).double())
    loss.backward()
    return loss


print([optimizer.step(closure).item() for _ in range(3)])
