import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.ones(1000)
drop = nn.Dropout(0.25)
y = drop(x)
print(sorted(set(y.tolist())), abs((y == 0).float().mean().item() - 0.25) < 0.06)
drop.eval()
print(torch.equal(drop(x), x))

rng = np.random.default_rng(18)
bn = nn.BatchNorm1d(3)
batch = torch.from_numpy(rng.normal(5, 2, (40, 3))).float()
for _ in range(3):
    out = bn(batch)
print(out.mean(dim=0).abs().max().item() < 1e-5, f"{out.std(dim=0, unbiased=False)[0].item():.3f}")
print(bn.running_mean, bn.running_var, bn.num_batches_tracked)
bn.eval()
print(bn(batch)[:2])
ln = nn.LayerNorm(3, eps=1e-5)
print(ln(batch)[:2], ln)


class Net(nn.Module):
    def __init__(self, hidden=16, p=0.2):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(3, hidden), nn.Linear(hidden, hidden)])
        self.norms = nn.ModuleList(nn.BatchNorm1d(hidden) for _ in self.layers)
        self.drop = nn.Dropout(p)
        self.heads = nn.ModuleDict({"mean": nn.Linear(hidden, 1), "scale": nn.Linear(hidden, 1)})

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = self.drop(torch.relu(norm(layer(x))))
        return {name: head(x) for name, head in self.heads.items()}


net = Net()
print(net)
print(net.training, net.drop.training)
net.eval()
print(net.training, net.drop.training, net.norms[0].training)
a, b = net(batch)["mean"], net(batch)["mean"]
print(torch.equal(a, b))
net.train()
print(torch.equal(net(batch)["mean"], net(batch)["mean"]), a.shape)
for m in net.modules():
    if isinstance(m, nn.Dropout):
        m.eval()
print(
    nn.functional.dropout(x, p=0.5, training=False).sum().item(),
    nn.functional.dropout(x, 0.5, training=net.training).max().item(),
)
net = Net().eval()
for p in net.parameters():
    p.data.fill_(0.1)
print(net(batch)["scale"][:3])
print(sum(b.numel() for b in net.buffers()), [n for n, _ in net.named_buffers()][:3])
