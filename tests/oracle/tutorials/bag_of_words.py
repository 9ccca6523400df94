import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

data = [
    ("me gusta comer en la cafeteria".split(), "SPANISH"),
    ("Give it to me".split(), "ENGLISH"),
    ("No creo que sea una buena idea".split(), "SPANISH"),
    ("No it is not a good idea to get lost at sea".split(), "ENGLISH"),
]
test_data = [("Yo creo que si".split(), "SPANISH"), ("it is lost on me".split(), "ENGLISH")]
word_to_ix = {}
for sent, _ in data + test_data:
    for word in sent:
        if word not in word_to_ix:
            word_to_ix[word] = len(word_to_ix)
label_to_ix = {"SPANISH": 0, "ENGLISH": 1}
VOCAB_SIZE = len(word_to_ix)


class BoWClassifier(nn.Module):
    def __init__(self, num_labels, vocab_size):
        super(BoWClassifier, self).__init__()
        self.linear = nn.Linear(vocab_size, num_labels)

    def forward(self, bow_vec):
        return F.log_softmax(self.linear(bow_vec), dim=1)


def make_bow_vector(sentence, word_to_ix):
    vec = torch.zeros(len(word_to_ix))
    for word in sentence:
        vec[word_to_ix[word]] += 1
    return vec.view(1, -1)


def make_target(label, label_to_ix):
    return torch.LongTensor([label_to_ix[label]])


model = BoWClassifier(2, VOCAB_SIZE)
for param in model.parameters():
    param.data.zero_()
loss_function = nn.NLLLoss()
optimizer = optim.SGD(model.parameters(), lr=0.1)
for epoch in range(20):
    for instance, label in data:
        model.zero_grad()
        log_probs = model(make_bow_vector(instance, word_to_ix))
        loss = loss_function(log_probs, make_target(label, label_to_ix))
        loss.backward()
        optimizer.step()
with torch.no_grad():
    for instance, label in test_data:
        print(label, model(make_bow_vector(instance, word_to_ix)))
print(next(model.parameters())[:, word_to_ix["creo"]])

# A continuous bag of words over embeddings, and an n-gram model.
CONTEXT_SIZE, EMBEDDING_DIM = 2, 6
words = " ".join(" ".join(s) for s, _ in data).split()
ngrams = [([words[i - j - 1] for j in range(CONTEXT_SIZE)], words[i]) for i in range(CONTEXT_SIZE, len(words))]


class NGramLanguageModeler(nn.Module):
    def __init__(self, vocab_size, embedding_dim, context_size):
        super().__init__()
        self.embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.linear1 = nn.Linear(context_size * embedding_dim, 16)
        self.linear2 = nn.Linear(16, vocab_size)

    def forward(self, inputs):
        embeds = self.embeddings(inputs).view((1, -1))
        out = F.relu(self.linear1(embeds))
        out = self.linear2(out)
        return F.log_softmax(out, dim=1)


model = NGramLanguageModeler(VOCAB_SIZE, EMBEDDING_DIM, CONTEXT_SIZE)
rng = np.random.default_rng(15)
for p in model.parameters():
    p.data.copy_(torch.from_numpy(rng.normal(0, 0.5, tuple(p.size()))))
optimizer = optim.SGD(model.parameters(), lr=0.05)
losses = []
for epoch in range(5):
    total_loss = 0
    for context, target in ngrams:
        context_idxs = torch.tensor([word_to_ix[w] for w in context], dtype=torch.long)
        model.zero_grad()
        log_probs = model(context_idxs)
        loss = loss_function(log_probs, torch.tensor([word_to_ix[target]], dtype=torch.long))
        loss.backward()
        optimizer.step()
        total_loss += loss.item()
    losses.append(round(total_loss, 3))
print(losses)
cos = nn.CosineSimilarity(dim=0)
print(cos(model.embeddings.weight[word_to_ix["creo"]], model.embeddings.weight[word_to_ix["que"]]))
pad = nn.Embedding(5, 3, padding_idx=0)
print(pad(torch.tensor([0, 2])).shape, pad.weight[0])
print(nn.Embedding.from_pretrained(torch.eye(3))(torch.tensor([[2, 0]])))
mean = model.embeddings(torch.tensor([[1, 2, 3], [4, 5, 6]])).mean(dim=1)
print(mean.shape, F.embedding(torch.tensor([1]), torch.eye(2)), F.one_hot(torch.tensor([0, 2]), num_classes=3))
