import numpy as np
import torch

data = [[1, 2], [3, 4]]
x_data = torch.tensor(data)
np_array = np.array(data)
x_np = torch.from_numpy(np_array)
print(x_data.shape, x_np.shape, torch.equal(x_data, x_np))

x_ones = torch.ones_like(x_data)
x_rand = torch.rand_like(x_data, dtype=torch.float)
print(x_ones)
print(x_rand.shape, bool((x_rand >= 0).all()), bool((x_rand < 1).all()))

shape = (
    2,
    3,
)
rand_tensor = torch.rand(shape)
ones_tensor = torch.ones(shape)
zeros_tensor = torch.zeros(shape)
print(rand_tensor.size(), ones_tensor, zeros_tensor)
print(rand_tensor.dtype == torch.float32, x_data.dtype == torch.int64, rand_tensor.device)

tensor = torch.ones(4, 4)
tensor[:, 1] = 0
print(f"First row: {tensor[0]}")
print(f"First column: {tensor[:, 0]}")
print(f"Last column: {tensor[..., -1]}")
print(tensor)

t1 = torch.cat([tensor, tensor, tensor], dim=1)
print(t1.shape)

y1 = tensor @ tensor.T
y2 = tensor.matmul(tensor.T)
z1 = tensor * tensor
z2 = tensor.mul(tensor)
print(torch.equal(y1, y2), torch.equal(z1, z2))

agg = tensor.sum()
agg_item = agg.item()
print(agg_item, type(agg_item))

tensor.add_(5)
print(tensor)

t = torch.ones(5)
n = t.numpy()
t.add_(1)
print(t, n)
n = np.ones(5)
t = torch.from_numpy(n)
np.add(n, 1, out=n)
print(t.tolist(), n)

x = torch.arange(12).reshape(3, 4)
print(x[1], x[:, 1:3], x[-1, -1].item(), x[x > 5], x[[0, 2]])
print(x.view(-1, 6).size(), x.T.shape, x.unsqueeze(0).shape, x.flatten().shape, len(x), x.numel(), x.dim())
v, i = torch.max(x.float(), 1)
print(v, i)
print(x.float().mean(), x.float().std(), x.max(), x.argmax(), x.sum(dim=0), x.float().mean(dim=1, keepdim=True))
print(torch.stack([x, x]).shape, torch.linspace(0, 1, 5), torch.eye(2), torch.full((2, 2), 7))
a, b = x.split(2, dim=1)
print(a.shape, b.shape, torch.chunk(x, 3)[0], torch.where(x > 5, x, torch.zeros_like(x)))
if torch.is_tensor(x):
    print(torch.add(x, x, alpha=2), x.clone().fill_(3), x.clamp(min=2, max=7), x.bool().any())
for row in x:
    print(row.tolist(), end=" ")
print()
s = torch.tensor(3.14159)
print(f"{s:.2f} {s.item():.3f} {float(s):.1f} {int(s)}")
print(torch.tensor([1.0, 2.0, 3.0]).dot(torch.tensor([1.0, 0.0, -1.0])), torch.mm(torch.eye(2), torch.ones(2, 3)))
print(
    torch.FloatTensor([1, 2]),
    torch.LongTensor([1, 2]),
    torch.tensor([True, False]).long(),
    torch.tensor(5.0).requires_grad,
)
