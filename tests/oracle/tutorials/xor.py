import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class XOR(nn.Module):
    def __init__(self, input_dim=2, output_dim=1):
        super(XOR, self).__init__()
        self.lin1 = nn.Linear(input_dim, 2)
        self.lin2 = nn.Linear(2, output_dim)

    def forward(self, x):
        x = self.lin1(x)
        x = torch.sigmoid(x)
        x = self.lin2(x)
        return x


def weights_init(model):
    rng = np.random.RandomState(4)
    for m in model.modules():
        if isinstance(m, nn.Linear):
            m.weight.data = torch.from_numpy(rng.normal(0, 1, m.weight.shape)).float()


X = torch.Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = torch.Tensor([0, 1, 1, 0]).view(-1, 1)
model = XOR()
weights_init(model)
model.lin1.bias.data.fill_(0.1)
model.lin2.bias.data.zero_()
loss_func = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)

steps = X.size(0)
for i in range(50):
    for j in range(steps):
        data_point = j
        x_var = X[data_point].requires_grad_(False)
        y_var = Y[data_point]
        optimizer.zero_grad()
        y_hat = model(x_var)
        loss = loss_func.forward(y_hat, y_var)
        loss.backward()
        optimizer.step()
    if i % 10 == 0:
        print("Epoch: {0}, Loss: {1:.5f}".format(i, loss.item()))
print(model(X).data.numpy().round(3).tolist())

net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1), nn.Sigmoid()).double()
rng = np.random.default_rng(5)
for p in net.parameters():
    nn.init.constant_(p, 0)
    p.data += torch.as_tensor(rng.normal(size=p.shape))
optimizer = optim.Adam(net.parameters(), lr=0.1)
criterion = nn.BCELoss()
for epoch in range(200):
    optimizer.zero_grad()
    loss = criterion(net(X.double()), Y.double())
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 50 == 0:
        print(f"epoch {epoch + 1:4d}  loss {loss.item():.6f}")
predicted = (net(X.double()) > 0.5).float()
print(predicted.squeeze().tolist(), (predicted == Y).all().item())
