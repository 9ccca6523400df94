import math

import torch

x = torch.linspace(-math.pi, math.pi, 500, dtype=torch.float64)
y = torch.sin(x)

a = torch.tensor(0.1, dtype=torch.double, requires_grad=True)
b = torch.tensor(-0.2, dtype=torch.double, requires_grad=True)
c = torch.tensor(0.3, dtype=torch.double, requires_grad=True)
d = torch.zeros((), dtype=torch.double, requires_grad=True)

learning_rate = 4e-6
for t in range(200):
    y_pred = a + b * x + c * x**2 + d * x**3
    loss = (y_pred - y).pow(2).sum()
    if t % 50 == 49:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad
        a.grad = None
        b.grad = None
        c.grad.zero_()
        d.grad.data.zero_()

print(f"Result: y = {a.item()} + {b.item()} x + {c.item()} x^2 + {d.item()} x^3")
