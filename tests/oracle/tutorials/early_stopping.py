import copy

import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(10)
X = torch.tensor(rng.uniform(-1, 1, (40, 1)), dtype=torch.float64)
y = torch.sin(3 * X) + 0.5 * torch.from_numpy(rng.normal(size=(40, 1)))
dataloaders = {"train": [(X[:20], y[:20])], "val": [(X[20:], y[20:])]}
dataset_sizes = {"train": 20, "val": 20}


class EarlyStopping:
    def __init__(self, patience=5, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.counter, self.best_loss, self.early_stop = 0, None, False

    def __call__(self, val_loss):
        if self.best_loss is None or self.best_loss - val_loss > self.min_delta:
            self.best_loss = val_loss
            self.counter = 0
        else:
            self.counter += 1
            self.early_stop = self.counter >= self.patience


model = nn.Sequential(nn.Linear(1, 30), nn.Tanh(), nn.Linear(30, 30), nn.Tanh(), nn.Linear(30, 1)).double()
for p in model.parameters():
    p.data = torch.from_numpy(rng.normal(0, 0.7, size=tuple(p.shape)))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
early_stopping = EarlyStopping(patience=8)
best_model_wts = copy.deepcopy(model.state_dict())
best_loss = float("inf")

for epoch in range(100):
    for phase in ["train", "val"]:
        if phase == "train":
            model.train()
        else:
            model.eval()
        running_loss = 0.0
        for inputs, labels in dataloaders[phase]:
            optimizer.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                outputs = model(inputs)
                loss = criterion(outputs, labels)
                if phase == "train":
                    loss.backward()
                    optimizer.step()
            running_loss += loss.item() * inputs.size(0)
        epoch_loss = running_loss / dataset_sizes[phase]
        if phase == "val" and epoch_loss < best_loss:
            best_loss = epoch_loss
            best_model_wts = copy.deepcopy(model.state_dict())
    early_stopping(epoch_loss)
    if early_stopping.early_stop:
        print("Early stopping at epoch", epoch)
        break
print(f"{epoch_loss:.6f} {best_loss:.6f}")
model.load_state_dict(best_model_wts)
print(f"{criterion(model(X[20:]), y[20:]).item():.6f}")
twin = copy.deepcopy(model)
twin[0].weight.data.zero_()
print(model[0].weight.abs().sum().item() > 0, twin[0].weight.abs().sum().item())
