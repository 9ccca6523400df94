import math

import torch
import torch.nn as nn
import torch.nn.init as init

torch.manual_seed(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        torch.nn.init.xavier_uniform_(m.weight)
        m.bias.data.fill_(0.01)
    elif isinstance(m, nn.BatchNorm1d):
        nn.init.constant_(m.weight, 1)
        nn.init.constant_(m.bias, 0)


net = nn.Sequential(nn.Linear(200, 300), nn.BatchNorm1d(300), nn.ReLU(), nn.Linear(300, 200))
print(net.apply(init_weights))
bound = math.sqrt(6 / 500)
print(net[0].weight.abs().max().item() <= bound, net[0].weight.std().item() / bound - 1 / math.sqrt(3) < 0.02)
print(net[0].bias[:3])

w = torch.empty(300, 200)
for fill, expected in [
    (lambda: init.normal_(w, mean=0.0, std=0.02), 0.02),
    (lambda: init.kaiming_normal_(w, mode="fan_in", nonlinearity="relu"), math.sqrt(2 / 200)),
    (lambda: init.kaiming_uniform_(w, a=math.sqrt(5)), 1 / math.sqrt(3 * 200)),
    (lambda: init.xavier_normal_(w, gain=init.calculate_gain("tanh")), 5 / 3 * math.sqrt(2 / 500)),
    (lambda: init.uniform_(w, -0.5, 0.5), 1 / math.sqrt(12)),
]:
    fill()
    print(abs(w.std().item() / expected - 1) < 0.05)
init.orthogonal_(w)
print(torch.allclose(w.T @ w, torch.eye(200), atol=1e-5))
fan_in, _ = init._calculate_fan_in_and_fan_out(w) if hasattr(init, "_calculate_fan_in_and_fan_out") else (200, 300)
print(fan_in)
layer = nn.Linear(3, 2)
with torch.no_grad():
    layer.weight.fill_(1.0)
    layer.bias.uniform_(-1, 1)
layer.weight.data.normal_(0, 0.1)
layer.weight = nn.Parameter(torch.ones(2, 3))
layer.reset_parameters()
print(layer.weight.shape, layer.weight.requires_grad, layer.weight.abs().max().item() < 1 / math.sqrt(3))
for m in net.modules():
    if type(m) == nn.Linear:  # noqa: E721 - as people write it
        init.eye_(m.weight)
        m.bias.data.zero_()
print(net[0].weight.sum().item())
