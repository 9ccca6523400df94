import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
digits = load_digits()
images = torch.tensor(digits.images[:600], dtype=torch.float32) / 16
targets = torch.tensor(digits.target[:600], dtype=torch.long)
trainloader = DataLoader(TensorDataset(images[:500], targets[:500]), batch_size=50, shuffle=False, num_workers=0)
testloader = DataLoader(TensorDataset(images[500:], targets[500:]), batch_size=32)

dataiter = iter(trainloader)
batch_images, batch_labels = next(dataiter)
print(batch_images.shape, batch_labels.shape, batch_labels[:10])


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(8 * 8, 32),
            nn.ReLU(),
            nn.Linear(32, 16),
            nn.ReLU(inplace=True),
            nn.Linear(16, 10),
        )

    def forward(self, x):
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits


net = NeuralNetwork().to(device)
print(net)
print(sum(p.numel() for p in net.parameters() if p.requires_grad))
rng = np.random.default_rng(7)
state = {k: torch.tensor(rng.normal(0, 0.15, tuple(v.shape)), dtype=torch.float32) for k, v in net.state_dict().items()}
print(net.load_state_dict(state))

criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(4):
    running_loss = 0.0
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data[0].to(device), data[1].to(device)
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item() * inputs.size(0)
    print(f"[{epoch + 1}] loss: {running_loss / len(trainloader.dataset):.4f}")

classes = tuple(str(i) for i in range(10))
correct_pred = {classname: 0 for classname in classes}
confusion_matrix = torch.zeros(10, 10)
correct = 0
total = 0
test_loss = 0
net.eval()
with torch.no_grad():
    for images, labels in testloader:
        images = images.view(-1, 64)
        outputs = net(images)
        test_loss += F.cross_entropy(outputs, labels, reduction="sum").item()
        _, predicted = torch.max(outputs.data, 1)
        total += labels.size(0)
        correct += (predicted == labels).sum().item()
        for t, p in zip(labels.view(-1), predicted.view(-1)):
            confusion_matrix[t.long(), p.long()] += 1
        for label, prediction in zip(labels, predicted):
            if label == prediction:
                correct_pred[classes[label]] += 1
print(f"Accuracy: {100 * correct // total} %, average loss: {test_loss / total:.3f}")
print(confusion_matrix)
print(confusion_matrix.diag() / confusion_matrix.sum(1))
print(correct_pred)
probs = F.softmax(outputs, dim=1)
conf, classes = torch.max(probs, 1)
print(conf.shape, classes[:4], probs.sum(dim=1).allclose(torch.ones(len(probs))))
top_p, top_class = probs.topk(3, dim=1)
print(top_class[0], top_p.shape)
equals = top_class[:, 0] == labels.view(*top_class[:, 0].shape)
print(f"{torch.mean(equals.type(torch.FloatTensor)):.3f}")
