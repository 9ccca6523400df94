import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader

data = (load_digits().data[:256] / 16.0).astype("float32")
dataloader = DataLoader(torch.from_numpy(data), batch_size=64, shuffle=False)


class autoencoder(nn.Module):
    def __init__(self):
        super(autoencoder, self).__init__()
        self.encoder = nn.Sequential(
            nn.Linear(64, 32), nn.ReLU(True), nn.Linear(32, 12), nn.ReLU(True), nn.Linear(12, 3)
        )
        self.decoder = nn.Sequential(
            nn.Linear(3, 12), nn.ReLU(True), nn.Linear(12, 32), nn.ReLU(True), nn.Linear(32, 64), nn.Sigmoid()
        )

    def forward(self, x):
        x = self.encoder(x)
        x = self.decoder(x)
        return x


model = autoencoder()
rng = np.random.default_rng(16)
for p in model.parameters():
    p.data = torch.tensor(rng.normal(0, 0.2, p.size()), dtype=torch.float32)
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-5)
for epoch in range(4):
    for img in dataloader:
        img = img.view(img.size(0), -1)
        output = model(img)
        loss = criterion(output, img)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("epoch [{}/{}], loss:{:.4f}".format(epoch + 1, 4, loss.item()))
with torch.inference_mode():
    codes = model.encoder(torch.from_numpy(data[:5]))
print(codes.shape, model.decoder(codes.clone()).detach().cpu().numpy().shape)
print(model)
