# A recurrent cell out of linear layers, as in the classification of names by language.
import torch
import torch.nn as nn

category_lines = {"Italian": ["abandonato", "rossi", "bianchi"], "Scottish": ["smith", "brown", "wilson"]}
all_letters = "abcdefghijklmnopqrstuvwxyz"
all_categories = list(category_lines)
n_letters = len(all_letters)


def letterToIndex(letter):
    return all_letters.find(letter)


def lineToTensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line):
        tensor[li][0][letterToIndex(letter)] = 1
    return tensor


print(lineToTensor("jones").size(), lineToTensor("jones").argmax(dim=2).squeeze())


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(input) + self.h2h(hidden))
        output = self.h2o(torch.cat((hidden,), 1))
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


rnn = RNN(n_letters, 8, len(all_categories))
for i, p in enumerate(rnn.parameters()):
    p.data = torch.cos(torch.arange(p.numel(), dtype=torch.float) * (i + 1.3)).view(p.shape) * 0.4

criterion = nn.NLLLoss()
learning_rate = 0.05


def train(category_tensor, line_tensor):
    hidden = rnn.initHidden()
    rnn.zero_grad()
    for i in range(line_tensor.size()[0]):
        output, hidden = rnn(line_tensor[i], hidden)
    loss = criterion(output, category_tensor)
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item()


def categoryFromOutput(output):
    top_n, top_i = output.topk(1)
    category_i = top_i[0].item()
    return all_categories[category_i], category_i


for epoch in range(15):
    current_loss = 0
    for k in range(3):
        for category in all_categories:
            category_tensor = torch.tensor([all_categories.index(category)], dtype=torch.long)
            output, loss = train(category_tensor, lineToTensor(category_lines[category][k]))
            current_loss += loss
    if epoch % 5 == 4:
        print(f"{current_loss / 6:.4f}", categoryFromOutput(output))

confusion = torch.zeros(2, 2)
with torch.no_grad():
    for category, lines in category_lines.items():
        for line in lines:
            hidden = rnn.initHidden()
            for letter in lineToTensor(line):
                output, hidden = rnn(letter, hidden)
            guess, guess_i = categoryFromOutput(output)
            confusion[all_categories.index(category)][guess_i] += 1
for i in range(2):
    confusion[i] = confusion[i] / confusion[i].sum()
print(confusion)
