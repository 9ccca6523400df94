import torch

x = torch.ones(2, 2, requires_grad=True)
print(x)
y = x + 2
print(y.requires_grad, y.grad_fn is not None, x.grad_fn)
z = y * y * 3
out = z.mean()
print(z.tolist(), out.item())

a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
a = (a * 3) / (a - 5)
print(a.requires_grad)
a.requires_grad_(True)
print(a.requires_grad)
b = (a * a).sum()
b.backward()
print(a.grad)

out.backward()
print(x.grad)

x = torch.tensor([0.5, -0.3, 1.2], requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y.detach())
v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)
print(x.grad)

print(x.requires_grad, (x**2).requires_grad)
with torch.no_grad():
    print((x**2).requires_grad)
y = x.detach()
print(y.requires_grad, x.eq(y).all())

a = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor([6.0, 4.0], requires_grad=True)
Q = 3 * a**3 - b**2
external_grad = torch.tensor([1.0, 1.0])
Q.backward(gradient=external_grad)
print(9 * a**2 == a.grad)
print(-2 * b == b.grad)
print(torch.autograd.grad((a * b).sum(), (a, b)))


@torch.no_grad()
def predict(w):
    return w * 2


print(predict(a).requires_grad)
a.grad.zero_()
(a.exp().log() * b).sum().backward()
print(a.grad)
try:
    (a * 2).backward()
except RuntimeError:
    print("a gradient is needed")
