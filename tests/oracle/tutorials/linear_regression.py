import numpy as np
import torch
import torch.nn as nn
from torch.autograd import Variable

x_train = np.array([[3.3], [4.4], [5.5], [6.71], [6.93], [4.168], [9.779], [6.182], [7.59]], dtype=np.float32)
y_train = np.array([[1.7], [2.76], [2.09], [3.19], [1.694], [1.573], [3.366], [2.596], [2.53]], dtype=np.float32)


class LinearRegression(nn.Module):
    def __init__(self, in_size, out_size):
        super().__init__()
        self.linear = nn.Linear(in_size, out_size)

    def forward(self, x):
        return self.linear(x)


model = LinearRegression(1, 1)
model.linear.weight.data.fill_(0.5)
model.linear.bias.data.fill_(0.0)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)

for epoch in range(60):
    inputs = Variable(torch.from_numpy(x_train))
    targets = Variable(torch.from_numpy(y_train))
    outputs = model(inputs)
    loss = criterion(outputs, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 5 == 0:
        print("Epoch [{}/{}], Loss: {:.4f}".format(epoch + 1, 60, loss.item()))

predicted = model(torch.from_numpy(x_train)).detach().numpy()
print(predicted.shape, predicted.dtype, np.abs(predicted - y_train).max())
for name, param in model.named_parameters():
    if param.requires_grad:
        print(name, param.data)

# The same by the normal equations' residual and by hand.
X = torch.cat([torch.from_numpy(x_train), torch.ones(len(x_train), 1)], dim=1)
w = torch.zeros(2, 1)
for _ in range(100):
    w -= 0.01 * X.t().mm(X.mm(w) - torch.from_numpy(y_train)) / len(X)
print(w.flatten())
