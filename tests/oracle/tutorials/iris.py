import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_iris


class Model(nn.Module):
    def __init__(self, in_features=4, h1=8, h2=9, out_features=3):
        super().__init__()
        self.fc1 = nn.Linear(in_features, h1)
        self.fc2 = nn.Linear(h1, h2)
        self.out = nn.Linear(h2, out_features)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        x = self.out(x)
        return x


torch.manual_seed(41)
model = Model()
rng = np.random.RandomState(41)
for layer in model.children():
    layer.weight.data = torch.FloatTensor(rng.normal(0, 0.4, layer.weight.shape))
    layer.bias.data = torch.zeros(layer.out_features)

data = load_iris()
order = rng.permutation(150)
X_train, X_test = torch.FloatTensor(data.data[order[:120]]), torch.FloatTensor(data.data[order[120:]])
y_train, y_test = torch.LongTensor(data.target[order[:120]]), torch.LongTensor(data.target[order[120:]])

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
epochs = 60
losses = []
for i in range(epochs):
    y_pred = model.forward(X_train)
    loss = criterion(y_pred, y_train)
    losses.append(loss.detach().numpy())
    if i % 10 == 0:
        print(f"Epoch: {i} and loss: {loss:.4f}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(len(losses), losses[-1] < losses[0], np.array(losses).shape)

correct = 0
with torch.no_grad():
    for i, data in enumerate(X_test):
        y_val = model.forward(data)
        if y_val.argmax().item() == y_test[i]:
            correct += 1
print(f"We got {correct} correct of {len(X_test)}!")

new_iris = torch.tensor([4.7, 3.2, 1.3, 0.2])
with torch.no_grad():
    print(model(new_iris), F.softmax(model(new_iris), dim=0).sum(), torch.softmax(model(new_iris), dim=-1).argmax())
_, predicted = torch.max(model(X_test).data, 1)
total = y_test.size(0)
print("Accuracy: %d %%" % (100 * (predicted == y_test).sum().item() / total))
