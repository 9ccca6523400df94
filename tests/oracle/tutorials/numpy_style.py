# People who come from NumPy: axis and keepdims, joined arrays, masks, broadcasting, conversions.
import numpy as np
import torch

x = torch.arange(12.0).reshape(3, 4)
print(x.sum(axis=0), x.sum(axis=1, keepdims=True), x.mean(axis=(0, 1)), x.argmax(axis=1), x.std(axis=0))
print(torch.cat((x, x), axis=1).shape, torch.stack([x, x], axis=-1).shape, torch.softmax(x, axis=1).sum(axis=1))
print(torch.hstack([x, x]).shape, torch.vstack((x[0], x[1])).shape, torch.concatenate([x, x]).shape)
print(torch.pi, torch.inf, torch.nan != torch.nan, torch.sin(torch.tensor(torch.pi / 2)))
print(x[:, None].shape, x[..., 1:3], x[::2], x[1:, [0, 2]], x[torch.tensor([0, 2]), torch.tensor([1, 3])])
x[x > 9] = -1
x[0, :] = torch.tensor([5.0, 6.0, 7.0, 8.0])
x[1] += 1
print(x, (x > 2) & (x < 7), ~(x > 2), (x > 100).any(), torch.nonzero(x < 0))
a, b = np.array([1.0, 2.0]), torch.tensor([3.0, 4.0], dtype=torch.float64)
print(torch.from_numpy(a) * b, np.asarray(b), np.mean(b.numpy()), b.tolist(), list(b.shape), b.numpy().dtype)
before = id(b)
b[:] = b + 1
print(id(b) == before, b)
b += 1
print(b, b.sum().item(), float(b[0]), 2**b, 1 / b, -b, b**0.5, abs(b), b // 2, b % 2, 10 - b)
print(torch.exp(b).log(), b.sqrt().square(), b.clamp(max=5), torch.maximum(b, torch.zeros(2)), torch.dot(b, b))
A = torch.arange(6.0).reshape(2, 3)
print(
    A @ A.T, torch.mv(A, torch.ones(3)), torch.outer(b, b), torch.einsum("ij,kj->ik", A, A), A.T.contiguous().view(-1)
)
distances = ((A[:, None, :] - A[None, :, :]) ** 2).sum(-1)
print(distances, torch.norm(A), torch.abs(A).sum(), A.norm(dim=1), (A / A.norm(dim=1, keepdim=True)).norm(dim=1))
values, indices = torch.sort(torch.tensor([3.0, 1.0, 2.0]), descending=True)
print(values, indices, torch.topk(values, 2)[1], torch.unique(torch.tensor([2, 1, 2])), torch.cumsum(values, dim=0))
print(
    torch.tensor(1).item(),
    torch.tensor([[1, 2]]).squeeze(),
    torch.ones(2, 1, 3).squeeze(1).shape,
    A.expand(4, 2, 3).shape,
)
print(
    torch.allclose(A, A + 1e-9),
    torch.isnan(torch.tensor([1.0, float("nan")])),
    A.repeat(2, 1).shape,
    A.permute(1, 0).shape,
)
print(
    len(A),
    A.ndim,
    A.dim(),
    A.nelement(),
    A.dtype == torch.float32,
    A.int().dtype == torch.int,
    A.type(torch.float64).dtype == torch.double,
    (A > 1).int().sum(),
)
for i, row in enumerate(A):
    print(i, row.sum())
w = torch.autograd.Variable(torch.ones(2), requires_grad=True)
(w * b.float()).sum().backward()
print(w.grad, w.grad.data.numpy())
