import os
import tempfile

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class TheModelClass(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 6)
        self.bn = nn.BatchNorm1d(6)
        self.fc2 = nn.Linear(6, 2)

    def forward(self, x):
        return self.fc2(torch.relu(self.bn(self.fc1(x))))


rng = np.random.default_rng(12)
model = TheModelClass().double()
for p in model.parameters():
    p.data = torch.tensor(rng.normal(size=p.shape))
optimizer = optim.Adam(model.parameters(), lr=0.01)
X = torch.tensor(rng.normal(size=(9, 4)))
for epoch in range(3):
    loss = model(X).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print("Model's state_dict:")
for param_tensor in model.state_dict():
    print(param_tensor, "\t", model.state_dict()[param_tensor].size())
print("Optimizer's state_dict:")
for var_name in optimizer.state_dict():
    print(var_name)

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "weights.pt")
    torch.save(model.state_dict(), path)
    again = TheModelClass().double()
    print(again.load_state_dict(torch.load(path)))
    again.eval()
    model.eval()
    print(torch.equal(model(X), again(X)), f"{model(X).sum().item():.4f}")

    checkpoint_path = os.path.join(folder, "checkpoint.tar")
    torch.save(
        {
            "epoch": epoch,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "loss": loss.item(),
        },
        checkpoint_path,
    )
    resumed = TheModelClass().double()
    resumed_optimizer = optim.Adam(resumed.parameters())
    checkpoint = torch.load(checkpoint_path, map_location=torch.device("cpu"), weights_only=True)
    resumed.load_state_dict(checkpoint["model_state_dict"])
    resumed_optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
    print(checkpoint["epoch"], f"{checkpoint['loss']:.4f}", resumed_optimizer.param_groups[0]["lr"])

for m, o in ((model, optimizer), (resumed, resumed_optimizer)):
    m.train()
    loss = m(X).pow(2).mean()
    o.zero_grad()
    loss.backward()
    o.step()
print(torch.equal(model.fc1.weight, resumed.fc1.weight), torch.equal(model.bn.running_mean, resumed.bn.running_mean))
print(model.bn.num_batches_tracked)
try:
    nn.Linear(3, 3).load_state_dict(model.state_dict())
except RuntimeError:
    print("the weights do not fit")
