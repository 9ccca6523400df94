import torch
import torch.nn as nn

model = nn.Sequential()
model.add_module("fc1", nn.Linear(3, 4))
model.add_module("relu", nn.ReLU())
model.add_module("fc2", nn.Linear(4, 2))
for p in model.parameters():
    p.data = torch.arange(p.numel(), dtype=torch.float).view_as(p) / 10 - 0.3

activation = {}


def get_activation(name):
    def hook(model, input, output):
        activation[name] = output.detach()

    return hook


handles = [
    model.fc1.register_forward_hook(get_activation("fc1")),
    model.relu.register_forward_hook(get_activation("relu")),
]
x = torch.tensor([[1.0, -2.0, 0.5]])
out = model(x)
print(out)
for name, value in activation.items():
    print(name, value)
for handle in handles:
    handle.remove()
activation.clear()
model(x)
print(activation)

shapes = []
pre = model.fc2.register_forward_pre_hook(lambda module, args: shapes.append(tuple(args[0].shape)))
model(x)
pre.remove()
print(shapes)
double = model.relu.register_forward_hook(lambda module, args, output: output * 2)
print(model(x))
double.remove()

v = torch.tensor([0.0, 0.0, 0.0], requires_grad=True)
h = v.register_hook(lambda grad: grad * 2)
v.backward(torch.tensor([1.0, 2.0, 3.0]))
print(v.grad)
h.remove()

a = torch.tensor([2.0], requires_grad=True)
b = a * 3
b.retain_grad()
grads = []
b.register_hook(grads.append)
c = b**2
c.backward()
print(b.grad, a.grad, grads)


class Printer(nn.Module):
    def forward(self, x):
        print("shape here:", tuple(x.shape))
        return x


nn.Sequential(nn.Linear(3, 4), Printer(), nn.Linear(4, 1))(x)
for name, module in model.named_children():
    print(name, module)
print([name for name, _ in model.named_modules()], model[0] is model.fc1, model[-1].out_features, len(model[:2]))
