# Character bigrams, then a multilayer perceptron over embeddings, the batch norm written out.
import torch
import torch.nn.functional as F

words = "emma olivia ava isabella sophia charlotte mia amelia harper evelyn abigail emily ella".split()
chars = sorted(list(set("".join(words))))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
itos = {i: s for s, i in stoi.items()}
V = len(stoi)

N = torch.zeros((V, V), dtype=torch.int32)
for w in words:
    chs = ["."] + list(w) + ["."]
    for ch1, ch2 in zip(chs, chs[1:]):
        N[stoi[ch1], stoi[ch2]] += 1
P = (N + 1).float()
P /= P.sum(1, keepdims=True)
print(N.sum(), P[0].sum())

log_likelihood = 0.0
n = 0
for w in words[:3]:
    for ch1, ch2 in zip("." + w, w + "."):
        prob = P[stoi[ch1], stoi[ch2]]
        logprob = torch.log(prob)
        log_likelihood += logprob
        n += 1
print(f"{log_likelihood=}")
print(f"{-log_likelihood / n:.4f}")

g = torch.Generator().manual_seed(2147483647)
ix = torch.multinomial(P[0], num_samples=1, replacement=True, generator=g).item()
print(0 <= ix < V, itos[ix] in stoi)

xs, ys = [], []
for w in words:
    for ch1, ch2 in zip("." + w, w + "."):
        xs.append(stoi[ch1])
        ys.append(stoi[ch2])
xs = torch.tensor(xs)
ys = torch.tensor(ys)
num = xs.nelement()
W = torch.linspace(-1, 1, V * V).view(V, V).sin()
W.requires_grad = True
for k in range(10):
    xenc = F.one_hot(xs, num_classes=V).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W**2).mean()
    W.grad = None
    loss.backward()
    W.data += -50 * W.grad
print(loss.item())

block_size = 3
X, Y = [], []
for w in words:
    context = [0] * block_size
    for ch in w + ".":
        X.append(context)
        Y.append(stoi[ch])
        context = context[1:] + [stoi[ch]]
X = torch.tensor(X)
Y = torch.tensor(Y)
print(X.shape, X.dtype == torch.int64, Y.shape)


def numbers(*shape):
    size = 1
    for s in shape:
        size *= s
    return torch.sin(torch.arange(size, dtype=torch.float) * 1.7).view(*shape)


C = numbers(V, 4)
W1 = numbers(12, 20) * (5 / 3) / (12**0.5)
W2 = numbers(20, V) * 0.01
b2 = torch.zeros(V)
bngain = torch.ones((1, 20))
bnbias = torch.zeros((1, 20))
bnmean_running = torch.zeros((1, 20))
parameters = [C, W1, W2, b2, bngain, bnbias]
print(sum(p.nelement() for p in parameters))
for p in parameters:
    p.requires_grad = True
lossi = []
for i in range(60):
    Xb, Yb = X, Y
    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hpreact = embcat @ W1
    bnmeani = hpreact.mean(0, keepdim=True)
    bnstdi = hpreact.std(0, keepdim=True)
    hpreact = bngain * (hpreact - bnmeani) / bnstdi + bnbias
    with torch.no_grad():
        bnmean_running = 0.999 * bnmean_running + 0.001 * bnmeani
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Yb)
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 40 else 0.01
    for p in parameters:
        p.data += -lr * p.grad
    lossi.append(loss.log10().item())
    if i % 20 == 0:
        print(f"{i:3d}/{60:3d}: {loss.item():.4f}")
print(torch.tensor(lossi).view(-1, 20).mean(1))
print((h.abs() > 0.99).float().mean().item(), bnmean_running[0, :3])

logits = logits.detach()[:4].requires_grad_()
logit_maxes = logits.max(1, keepdim=True).values
norm_logits = logits - logit_maxes
counts = norm_logits.exp()
counts_sum_inv = counts.sum(1, keepdims=True) ** -1
logprobs = (counts * counts_sum_inv).log()
for t in (logprobs, counts, norm_logits, logit_maxes):
    t.retain_grad()
(-logprobs[range(4), Y[:4]].mean()).backward()
dlogits = F.softmax(logits, 1)
dlogits = dlogits - F.one_hot(Y[:4], num_classes=V)
print(torch.allclose(logits.grad, dlogits.detach() / 4, atol=1e-6), logit_maxes.grad.abs().max().item() < 1e-6)
