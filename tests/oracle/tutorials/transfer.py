import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim

rng = np.random.default_rng(11)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 12), nn.ReLU())
        self.fc = nn.Linear(12, 10)

    def forward(self, x):
        return self.fc(self.features(x))


model_conv = Backbone()
with torch.no_grad():
    for p in model_conv.parameters():
        p.copy_(torch.tensor(rng.normal(0, 0.4, size=tuple(p.shape))))
for param in model_conv.parameters():
    param.requires_grad = False

num_ftrs = model_conv.fc.in_features
model_conv.fc = nn.Linear(num_ftrs, 2)
nn.init.constant_(model_conv.fc.weight, 0.1)
nn.init.constant_(model_conv.fc.bias, 0)
print([name for name, p in model_conv.named_parameters() if p.requires_grad])
before = model_conv.features[0].weight.clone()

criterion = nn.CrossEntropyLoss()
optimizer_conv = optim.SGD(model_conv.fc.parameters(), lr=0.05, momentum=0.9)
exp_lr_scheduler = optim.lr_scheduler.StepLR(optimizer_conv, step_size=7, gamma=0.1)
inputs = torch.tensor(rng.normal(size=(30, 8)), dtype=torch.float)
labels = (inputs[:, 0] > 0).long()
for epoch in range(20):
    model_conv.train()
    optimizer_conv.zero_grad()
    outputs = model_conv(inputs)
    _, preds = torch.max(outputs, 1)
    loss = criterion(outputs, labels)
    loss.backward()
    optimizer_conv.step()
    exp_lr_scheduler.step()
    running_corrects = torch.sum(preds == labels.data)
    if epoch % 5 == 4:
        epoch_acc = running_corrects.double() / len(inputs)
        print(f"{loss.item():.4f} Acc: {epoch_acc:.4f}")
print(torch.equal(before, model_conv.features[0].weight), model_conv.features[0].weight.grad is None)

# Thaw the last block by name and go on with filtered parameters.
for name, param in model_conv.named_parameters():
    if name.startswith("features.2"):
        param.requires_grad = True
optimizer = optim.Adam(filter(lambda p: p.requires_grad, model_conv.parameters()), lr=1e-2)
optimizer.zero_grad()
criterion(model_conv(inputs), labels).backward()
optimizer.step()
print(
    sum(p.numel() for p in model_conv.parameters()), sum(p.numel() for p in model_conv.parameters() if p.requires_grad)
)
print(f"{criterion(model_conv(inputs), labels).item():.4f}")

# A new model takes what fits of an old one's weights.
new = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5))
pretrained_dict = {k: v for k, v in model_conv.features.state_dict().items() if k.startswith("0.")}
model_dict = new.state_dict()
model_dict.update(pretrained_dict)
new.load_state_dict(model_dict)
missing, unexpected = new.load_state_dict(pretrained_dict, strict=False)
print(missing, unexpected, torch.equal(new[0].weight, before))
nn.Module.requires_grad_(new, False)
print(any(p.requires_grad for p in new.parameters()))
