"""Project 5: find what is unusual, having seen only what is usual.

Breast tissue under a microscope: thirty numbers for each of 569 patients. An autoencoder learns from healthy people
alone to squeeze the thirty through a few and to give them back. It is never shown an illness. What it gives back badly
is unlike anything it learned: an anomaly. This is how machines, networks and payments are watched, where failures are
too rare, or too new, to learn from.
"""

import numpy as np
from picture import panels, save
from sklearn.metrics import roc_auc_score, roc_curve

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import load_breast_cancer, split_rows
from pellucid.models import Autoencoder, DenoisingAutoencoder, reconstruction_errors
from pellucid.train import EarlyStopping, Trainer

data = load_breast_cancer()
columns = [name for name in data.frame.columns if name != data.target]
X = data.frame[columns].to_numpy(dtype=np.float32)
ill = (data.frame[data.target] == "malignant").to_numpy()
print(f"{len(X)} patients, {len(columns)} numbers each; {ill.sum()} are ill")


def prepare(seed):
    """Return standardised rows: healthy ones to learn from, others for the threshold, the test's, and who is ill."""
    healthy = np.flatnonzero(~ill)
    split = split_rows(len(healthy), test_size=0.3, validation_size=0.2, seed=seed)
    train, validation = healthy[split.train], healthy[split.validation]
    test = np.concatenate([healthy[split.test], np.flatnonzero(ill)])  # the ill are seen here for the first time
    mean, deviation = X[train].mean(0), X[train].std(0)
    return *((X[rows] - mean) / deviation for rows in (train, validation, test)), ill[test]


def learn(train, validation, seed):
    """Return an autoencoder of healthy people, which gets noisy rows and has to give them back clean."""
    pl.manual_seed(seed)
    model = DenoisingAutoencoder(Autoencoder([len(columns), 64, 16], activation="tanh"), noise=2.0)
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    trainer = Trainer(model, nn.MSELoss(), optimizer, callbacks=[EarlyStopping(patience=20)], seed=seed)
    history = trainer.fit((train, train), (validation, validation), epochs=200, batch_size=32)
    return model, history


# --- Learn, and choose a threshold ------------------------------------------------------------------------------
train, validation, test, test_ill = prepare(seed=0)
model, history = learn(train, validation, seed=0)
print(f"learned from {len(train)} healthy patients in {len(history['loss'])} epochs")

# Five in a hundred healthy patients may be called in for nothing: the threshold is that quantile of the errors of
# healthy patients that the network did not learn from. Its own rows it gives back too well to ask them.
threshold = np.quantile(reconstruction_errors(model, validation), 0.95)
print(f"threshold, the 95% quantile of the errors of {len(validation)} other healthy patients: {threshold:.2f}")

# --- The verdict ------------------------------------------------------------------------------------------------
errors = reconstruction_errors(model, test)
print(f"\ntest: {np.sum(~test_ill)} healthy and {np.sum(test_ill)} ill patients")
print(f"median error of the healthy {np.median(errors[~test_ill]):.2f}, of the ill {np.median(errors[test_ill]):.2f}")
print(f"ill patients above the threshold: {np.mean(errors[test_ill] > threshold):.3f}")
print(f"healthy patients above the threshold: {np.mean(errors[~test_ill] > threshold):.3f}")
print(f"ROC AUC: {roc_auc_score(test_ill, errors):.3f}")


# --- Is a network needed? -----------------------------------------------------------------------------------------
# The plainest measure of being unusual is the distance from the mean patient. Here it does as well, for this illness
# makes everything larger. A fairer test of the network: anomalies of which every single number is usual and only the
# numbers together are not. Take healthy patients and shuffle each column among them: the radius of one, the area of
# another. Each is as far from the mean as a patient may be.
healthy = test[~test_ill]
mixed_up = np.random.default_rng(0).permuted(healthy, axis=0)


def judge(model, test, test_ill, mixed_up):
    """Return the ROC AUC of network and distance, first for the ill, then for rows that do not fit together."""
    healthy = test[~test_ill]
    both = np.concatenate([healthy, mixed_up])
    is_mixed = np.arange(len(both)) >= len(healthy)
    return [
        roc_auc_score(truth, score)
        for rows, truth in ((test, test_ill), (both, is_mixed))
        for score in (reconstruction_errors(model, rows), (rows**2).mean(1))
    ]


first = judge(model, test, test_ill, mixed_up)
print("\nROC AUC                                   autoencoder   distance from the mean")
print(f"  the ill                                       {first[0]:.3f}                    {first[1]:.3f}")
print(f"  healthy rows that do not fit together         {first[2]:.3f}                    {first[3]:.3f}")

# --- Once more, with other rows kept back -----------------------------------------------------------------------
results = []
for seed in range(1, 5):
    some, others, rows, truth = prepare(seed)
    shuffled = np.random.default_rng(seed).permuted(rows[~truth], axis=0)
    results.append(judge(learn(some, others, seed)[0], rows, truth, shuffled))
print("\nthe same for four other splits, lowest .. highest")
for name, column in (("the ill, autoencoder", 0), ("rows that do not fit together, autoencoder", 2)):
    found = [result[column] for result in results]
    print(f"  {name}: {min(found):.3f} .. {max(found):.3f}")

# --- What was odd about one patient -----------------------------------------------------------------------------
# The error is a sum over the columns, so it says itself where the patient is unlike healthy ones.
oddest = np.flatnonzero(test_ill)[np.argsort(errors[test_ill])[np.sum(test_ill) // 2]]
with pl.no_grad():
    back = model(pl.tensor(test[oddest])).numpy()
shares = (test[oddest] - back) ** 2 / len(columns)
top = np.argsort(-shares)[:6]
print("\nwhat the error of a middling ill patient is made of:")
for i in top:
    print(f"  {columns[i]:<24} {shares[i]:6.2f} of {errors[oddest]:.2f}")

# --- The picture ------------------------------------------------------------------------------------------------
left, middle, right = panels(3, width=4.4, height=3.9)
bins = np.geomspace(errors.min(), errors.max(), 40)
left.hist(errors[~test_ill], bins, color="#2f7ed8", alpha=0.75, label="healthy")
left.hist(errors[test_ill], bins, color="#d9730d", alpha=0.6, label="ill")
left.axvline(threshold, color="#20242c", linestyle="--", label="threshold")
left.set(xscale="log", xlabel="error of the row given back", ylabel="patients", title="never shown an ill one")
left.legend()
both = np.concatenate([healthy, mixed_up])
for rows, truth, dashes, name in (
    (test, test_ill, "-", "the ill"),
    (both, np.arange(len(both)) >= len(healthy), "--", "mixed up"),
):
    for scores, color, way in (
        (reconstruction_errors(model, rows), "#2f7ed8", "autoencoder"),
        ((rows**2).mean(1), "#7d828c", "distance"),
    ):
        false, true, _ = roc_curve(truth, scores)
        label = f"{name}, {way}: {roc_auc_score(truth, scores):.2f}"
        middle.plot(false, true, color=color, linestyle=dashes, linewidth=2, label=label)
middle.set(xlabel="healthy called in", ylabel="anomalies found", title="ROC curves, and the areas under them")
middle.legend(loc="lower right")
right.barh([columns[i] for i in top][::-1], shares[top][::-1], color="#d9730d")
right.set(xlabel="share of the error", title="what is odd about one patient")
save(left)
