import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim

rng = np.random.default_rng(17)


class Generator(nn.Module):
    def __init__(self, input_size, hidden_size, output_size, f):
        super().__init__()
        self.map1 = nn.Linear(input_size, hidden_size)
        self.map2 = nn.Linear(hidden_size, output_size)
        self.f = f

    def forward(self, x):
        return self.map2(self.f(self.map1(x)))


class Discriminator(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.main = nn.Sequential(
            nn.Linear(input_size, hidden_size), nn.LeakyReLU(0.2, inplace=True), nn.Linear(hidden_size, 1), nn.Sigmoid()
        )

    def forward(self, x):
        return self.main(x).view(-1)


netG = Generator(4, 16, 1, f=torch.tanh).double()
netD = Discriminator(1, 16).double()
for net in (netG, netD):
    for p in net.parameters():
        p.data = torch.from_numpy(rng.normal(0, 0.3, p.shape))
criterion = nn.BCELoss()
optimizerD = optim.Adam(netD.parameters(), lr=2e-3, betas=(0.5, 0.999))
optimizerG = optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.999))
real_label, fake_label = 1.0, 0.0
b_size = 32

for i in range(40):
    netD.zero_grad()
    real = torch.from_numpy(rng.normal(4, 1.25, (b_size, 1)))
    label = torch.full((b_size,), real_label, dtype=torch.double)
    errD_real = criterion(netD(real), label)
    errD_real.backward()
    D_x = netD(real).mean().item()
    noise = torch.from_numpy(rng.normal(size=(b_size, 4)))
    fake = netG(noise)
    label.fill_(fake_label)
    errD_fake = criterion(netD(fake.detach()), label)
    errD_fake.backward()
    errD = errD_real + errD_fake
    optimizerD.step()

    netG.zero_grad()
    label.fill_(real_label)
    output = netD(fake)
    errG = criterion(output, label)
    errG.backward()
    optimizerG.step()
    if i % 10 == 9:
        print("[%d/%d]\tLoss_D: %.4f\tLoss_G: %.4f\tD(x): %.4f" % (i + 1, 40, errD.item(), errG.item(), D_x))
print(netG(noise).mean().item(), netG(noise).std().item())
