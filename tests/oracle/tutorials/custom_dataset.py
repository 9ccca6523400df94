import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Subset, random_split


class SineDataset(Dataset):
    def __init__(self, n, transform=None, target_transform=None):
        self.x = np.linspace(0, 6, n, dtype=np.float32)
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self):
        return len(self.x)

    def __getitem__(self, idx):
        if torch.is_tensor(idx):
            idx = idx.tolist()
        features, label = self.x[idx], np.sin(self.x[idx])
        if self.transform:
            features = self.transform(features)
        if self.target_transform:
            label = self.target_transform(label)
        return torch.tensor([features]), label, idx


class Scale(object):
    def __init__(self, by):
        self.by = by

    def __call__(self, sample):
        return sample / self.by


dataset = SineDataset(50, transform=Scale(6), target_transform=lambda y: (y + 1) / 2)
print(len(dataset), dataset[3])
train_size = int(0.8 * len(dataset))
test_size = len(dataset) - train_size
train_dataset, test_dataset = random_split(
    dataset, [train_size, test_size], generator=torch.Generator().manual_seed(42)
)
print(len(train_dataset), len(test_dataset))
seen = sorted(i for part in (train_dataset, test_dataset) for _, _, i in part)
print(seen == list(range(50)))
train_loader = DataLoader(train_dataset, batch_size=16, shuffle=True, drop_last=False)
print(len(train_loader), [x.shape[0] for x, _, _ in train_loader])
for i_batch, (x, y, idx) in enumerate(DataLoader(dataset, batch_size=20)):
    print(i_batch, x.size(), y.dtype == torch.float32, y.sum(), idx[:3])
print(len(Subset(dataset, [1, 5, 7])), Subset(dataset, [1, 5, 7])[1][2])


class Records(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return {"image": torch.full((2, 2), float(i)), "landmarks": np.arange(3) + i, "name": f"face{i}"}


for sample_batched in DataLoader(Records(), batch_size=2):
    print(sample_batched["image"].size(), sample_batched["landmarks"], sample_batched["name"])


def collate(batch):
    lengths = torch.tensor([len(b) for b in batch])
    padded = torch.zeros(len(batch), int(lengths.max()), dtype=torch.long)
    for i, b in enumerate(batch):
        padded[i, : len(b)] = torch.tensor(b)
    return padded, lengths


for padded, lengths in DataLoader([[1, 2, 3], [4], [5, 6]], batch_size=3, collate_fn=collate):
    print(padded, lengths)
