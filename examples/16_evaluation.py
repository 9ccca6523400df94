"""Chapter 16: evaluation.

"95 % right" sounds good. But if only one patient in twenty is ill, a program that tells everybody "healthy" is 95 %
right as well, and of no use to anyone. Which mistakes are made, how many of each kind, and what each of them costs:
that is evaluation.
"""

import numpy as np
from picture import panels, save
from sklearn import metrics

import pellucid as pl
from pellucid import optim, plot
from pellucid.data import split_rows
from pellucid.models import MLP
from pellucid.nn import functional as F

pl.manual_seed(0)

# --- Data with a rare class ---------------------------------------------------------------------------------
# Four blood values. Those of the ill (class 1) are a little higher, and the groups overlap.
ROWS, ILL = 4000, 0.05
random = pl.Generator(0).numpy("data")
y = (random.random(ROWS) < ILL).astype(np.int64)
X = random.standard_normal((ROWS, 4)) + 0.9 * y[:, None]
split = split_rows(ROWS, labels=y, test_size=0.4, validation_size=0.3, seed=0)  # each part as many ill per healthy
truth = y[split.test]
print(f"{ROWS} people, rows: {split.sizes()}; ill among the test rows: {truth.sum()}")

# --- Training -----------------------------------------------------------------------------------------------
model = MLP([4, 16, 2])
optimizer = optim.Adam(model.parameters(), lr=0.01)
inputs, targets = pl.tensor(X[split.train]).float(), pl.tensor(y[split.train])
for _ in range(150):
    loss = F.cross_entropy(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def probability(rows):
    """Return the network's probability of being ill."""
    with pl.no_grad():
        return model(pl.tensor(X[rows]).float()).softmax(1).numpy()[:, 1]


# --- Accuracy misleads --------------------------------------------------------------------------------------
p = probability(split.test)
print(f"\naccuracy of the network:                     {((p > 0.5) == truth).mean():.3f}")
print(f'accuracy of saying "healthy" to everybody:   {(truth == 0).mean():.3f}')


# --- Four kinds of answers ----------------------------------------------------------------------------------
def count(guess):
    """Return the confusion matrix's four numbers."""
    return (
        int((guess & (truth == 1)).sum()),  # TP, true positives: ill, and found
        int((guess & (truth == 0)).sum()),  # FP, false positives: false alarms
        int((~guess & (truth == 1)).sum()),  # FN, false negatives: ill, and missed
        int((~guess & (truth == 0)).sum()),  # TN, true negatives
    )


#     precision = TP / (TP + FP)    of those called ill, how many are?      Every false alarm lowers it.
#     recall    = TP / (TP + FN)    of the ill, how many were found?        Every missed one lowers it.
#     F1 = 2 precision recall / (precision + recall)    their harmonic mean: high only when both are.
# The network gives a probability. Where "ill" begins, the threshold, is our choice, and one half is only a habit.
print("\nthreshold    TP   FP   FN    TN   accuracy   precision   recall      F1")
for threshold in (0.5, 0.3, 0.2, 0.1, 0.05):
    TP, FP, FN, TN = count(p > threshold)
    precision = TP / (TP + FP) if TP + FP else 0.0  # nobody was called ill: nothing to divide
    recall = TP / (TP + FN)
    F1 = 2 * TP / (2 * TP + FP + FN)  # the same formula, multiplied out
    accuracy = (TP + TN) / len(truth)
    print(f"{threshold:9}{TP:6}{FP:5}{FN:5}{TN:6}{accuracy:11.3f}{precision:12.3f}{recall:9.3f}{F1:8.3f}")

# --- All thresholds at once ---------------------------------------------------------------------------------
# ROC: recall against the share of the healthy who get a false alarm. The area under it, AUC, is the probability that
# an ill person gets a higher score than a healthy one; a coin has 0.5. With a rare class it flatters: few percent of
# many healthy are still many. The precision-recall curve shows that; there, a coin has the share of the ill.
auc, ap = metrics.roc_auc_score(truth, p), metrics.average_precision_score(truth, p)
pairs = (p[truth == 1][:, None] > p[truth == 0]).mean()
print(f"\nROC AUC {auc:.3f}; pairs of an ill and a healthy person in the right order: {pairs:.3f}; a coin: 0.5")
print(f"average precision {ap:.3f}; a coin: {truth.mean():.3f}")

# --- Which threshold? ---------------------------------------------------------------------------------------
# That is for those to say who bear the mistakes. Say, one missed costs as much as ten false alarms. The threshold is
# chosen on the validation rows: chosen on the test rows, it would suit their accidents, and look too good. In theory
# an alarm pays where 10 p, what it saves on average, is more than 1 - p, what it costs: for p above 1 / 11. That holds
# when the probabilities are honest.
MISSED, ALARM = 10, 1


def cost(threshold, scores, labels):
    """Return what the mistakes cost per 100 people."""
    missed, alarms = (scores <= threshold) & (labels == 1), (scores > threshold) & (labels == 0)
    return 100 * (MISSED * missed + ALARM * alarms).mean()


thresholds = np.linspace(0.01, 0.99, 99)
scores = probability(split.validation)
chosen = min(thresholds, key=lambda threshold: cost(threshold, scores, y[split.validation]))
print(f"\ncheapest threshold on the validation rows: {chosen:.2f}; in theory {ALARM / (ALARM + MISSED):.2f}")
print(f"cost per 100 test rows: {cost(chosen, p, truth):.1f} with it, {cost(0.5, p, truth):.1f} with one half")

# --- The picture --------------------------------------------------------------------------------------------
left, middle, right = panels(3, width=4.2, height=4.2)
plot.confusion_matrix((truth, (p > chosen).astype(int)), classes=["healthy", "ill"], ax=left)
left.set_title(f"Threshold {chosen:.2f}: {((p > chosen) == truth).mean():.1%} of rows right", loc="left")
plot.roc(truth, p, classes=["healthy", "ill"], ax=middle)
plot.precision_recall(truth, p, classes=["healthy", "ill"], ax=right)
for threshold, marker in ((chosen, "o"), (0.3, "s")):
    TP, FP, FN, TN = count(p > threshold)
    style = {"marker": marker, "color": "#d9730d", "markersize": 8, "linestyle": ""}
    middle.plot(FP / (FP + TN), TP / (TP + FN), **style)
    right.plot(TP / (TP + FN), TP / (TP + FP), **style)
    right.annotate(f" {threshold:.2f}", (TP / (TP + FN), TP / (TP + FP)), xytext=(6, 4), textcoords="offset points")
    middle.annotate(f" {threshold:.2f}", (FP / (FP + TN), TP / (TP + FN)), xytext=(6, -10), textcoords="offset points")
save(left)
