"""The networks of project 2 in PyTorch: the same weights at first, the same windows, the same schedule."""

import math
import runpy
import sys

import torch
from tests.examples.chapters import EXAMPLES
from torch.nn import functional as F


class LSTM(torch.nn.Module):
    def __init__(self, ours):
        super().__init__()
        self.embedding = torch.nn.Embedding(ours.vocabulary, ours.embedding_size)
        self.recurrent = torch.nn.LSTM(ours.embedding_size, ours.hidden_size, batch_first=True)
        self.drop = torch.nn.Dropout(ours.dropout)
        self.output = torch.nn.Linear(ours.hidden_size, ours.vocabulary)

    def forward(self, ids):
        return self.output(self.drop(self.recurrent(self.drop(self.embedding(ids)))[0]))


class Attention(torch.nn.Module):
    def __init__(self, ours):
        super().__init__()
        self.heads, self.p = ours.heads, ours.dropout
        self.qkv = torch.nn.Linear(ours.d_model, 3 * ours.d_model)
        self.out = torch.nn.Linear(ours.d_model, ours.d_model)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.p if self.training else 0.0)
        return self.out(y.transpose(1, 2).reshape(n, t, d))


class Block(torch.nn.Module):
    def __init__(self, ours):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(ours.d_model), torch.nn.LayerNorm(ours.d_model)
        self.attention = Attention(ours)
        self.expand = torch.nn.Linear(ours.d_model, 4 * ours.d_model)
        self.contract = torch.nn.Linear(4 * ours.d_model, ours.d_model)
        self.drop = torch.nn.Dropout(ours.dropout)

    def forward(self, x):
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.contract(F.gelu(self.expand(self.norm2(x)), approximate="tanh")))


class GPT(torch.nn.Module):
    def __init__(self, ours):
        super().__init__()
        self.token = torch.nn.Embedding(ours.vocabulary, ours.d_model)
        self.position = torch.nn.Embedding(ours.context, ours.d_model)
        self.drop = torch.nn.Dropout(ours.dropout)
        self.blocks = torch.nn.ModuleList([Block(ours) for _ in range(ours.layers)])
        self.norm = torch.nn.LayerNorm(ours.d_model)

    def forward(self, x):
        y = self.drop(self.token(x) + self.position(torch.arange(x.shape[1])))
        for block in self.blocks:
            y = block(y)
        return self.norm(y) @ self.token.weight.T


def bits_of_pytorch(name):
    """Train PyTorch's network as the project trains Pellucid's; return the bits of an unseen letter."""
    sys.path.insert(0, str(EXAMPLES / "projects"))
    try:
        project = runpy.run_path(str(EXAMPLES / "projects" / "2_text.py"))  # under another name than __main__
    finally:
        sys.path.pop(0)
    ours, steps, max_lr = project["make"](name)
    torch.manual_seed(0)
    model = {"LSTM": LSTM, "GPT": GPT}[name](ours)
    model.load_state_dict({key: torch.tensor(value.numpy()) for key, value in ours.state_dict().items()})
    optimizer = torch.optim.AdamW(model.parameters(), lr=max_lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=steps)
    for windows in project["windows"](steps):
        ids = torch.from_numpy(windows)
        loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    model.eval()
    inputs, targets = (torch.tensor(part.numpy()) for part in project["judged"].tensors)
    with torch.no_grad():
        return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()).item() / math.log(2)
