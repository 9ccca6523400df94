import math
import random

import torch

random.seed(3)


class DynamicNet(torch.nn.Module):
    """A polynomial whose higher terms come and go: control flow is Python, weights are shared."""

    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.tensor(0.3))
        self.b = torch.nn.Parameter(torch.tensor(0.2))
        self.c = torch.nn.Parameter(torch.tensor(-0.1))
        self.d = torch.nn.Parameter(torch.tensor(0.05))
        self.e = torch.nn.Parameter(torch.full((), 0.01))

    def forward(self, x):
        y = self.a + self.b * x + self.c * x**2 + self.d * x**3
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x**exp
        return y

    def string(self):
        return f"y = {self.a.item():.4f} + {self.b.item():.4f} x + {self.c.item():.4f} x^2 + {self.d.item():.4f} x^3 ?"


x = torch.linspace(-math.pi, math.pi, 300)
y = torch.sin(x)
model = DynamicNet()
criterion = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=1e-8, momentum=0.9)
for t in range(60):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 20 == 19:
        print(t, f"{loss.item():.3f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(model.string())
print([name for name, _ in model.named_parameters()])


class SharedNet(torch.nn.Module):
    def __init__(self):
        super(SharedNet, self).__init__()
        self.input_linear = torch.nn.Linear(2, 4)
        self.middle_linear = torch.nn.Linear(4, 4)
        self.output_linear = torch.nn.Linear(4, 1)

    def forward(self, x, times):
        h_relu = self.input_linear(x).clamp(min=0)
        for _ in range(times):
            h_relu = self.middle_linear(h_relu).clamp(min=0)
        return self.output_linear(h_relu)


net = SharedNet()
for p in net.parameters():
    p.data.fill_(0.25)
out = net(torch.ones(3, 2), times=3)
out.sum().backward()
print(out.squeeze(), net.middle_linear.weight.grad)
print(net)
