"""Project 9: find digits in a scene, and say which they are and where.

Scenes of 32 by 32 pixels hold one to three handwritten digits of 8 to 14 pixels, anywhere, over noise. A network
halves a scene twice, to 8 by 8 cells. Each cell says whether a digit has its middle there, where its box is, and which
digit it is: all at one look, after YOLO (Redmon, Divvala, Girshick and Farhadi, 2016). Neighbouring cells often see the
same digit; of boxes on one thing only the surest stays.
"""

import numpy as np
from picture import panels, save

import pellucid as pl
from pellucid import nn, optim
from pellucid.data import DataLoader, TensorDataset, load_digits, split_rows
from pellucid.inspect import mean_average_precision
from pellucid.nn import functional as F
from pellucid.ops.boxes import box_iou, nms

SIDE, CELL, GRID, SIZES, EPOCHS = 32, 4, 8, range(8, 15), 15
digits = load_digits()
X = digits.frame.drop(columns=digits.target).to_numpy(dtype=np.float32).reshape(-1, 1, 8, 8) / 16
y = digits.frame[digits.target].to_numpy(dtype=np.int64)
split = split_rows(len(y), labels=y, test_size=0.2, validation_size=0, seed=0)
SCALED = {n: F.interpolate(pl.tensor(X), size=(n, n), mode="bilinear").numpy()[:, 0] for n in SIZES}


# --- The scenes -------------------------------------------------------------------------------------------------
def scene(rows, random):
    """Return a picture (1, 32, 32), its boxes (n, 4) and classes (n,); no digit covers much of another."""
    picture = random.uniform(0, 0.25, size=(SIDE, SIDE)).astype(np.float32)
    boxes = np.zeros((0, 4), dtype=np.float32)
    classes = []
    for _ in range(random.integers(1, 4)):
        row, n = random.choice(rows), int(random.choice(SIZES))
        left, top = random.integers(0, SIDE - n + 1, size=2)
        box = np.array([[left, top, left + n, top + n]], dtype=np.float32)
        if len(boxes) and box_iou(pl.tensor(box), pl.tensor(boxes)).max().item() > 0.05:
            continue
        part = picture[top : top + n, left : left + n]
        np.maximum(part, SCALED[n][row], out=part)
        boxes, classes = np.concatenate([boxes, box]), [*classes, y[row]]
    return picture[None], boxes, np.array(classes)


def targets(boxes, classes):
    """Return (8, 8, 6) for the cells: is there a digit, its middle within the cell, log of its size, its class."""
    cells = np.zeros((GRID, GRID, 6), dtype=np.float32)
    for (x1, y1, x2, y2), digit in zip(boxes, classes, strict=True):
        x, y_ = (x1 + x2) / 2 / CELL, (y1 + y2) / 2 / CELL
        cells[int(y_), int(x)] = 1, x % 1, y_ % 1, np.log((x2 - x1) / 10), np.log((y2 - y1) / 10), digit
    return cells


random = pl.Generator(0).numpy("scenes")
train = [scene(split.train, random) for _ in range(3000)]
test = [scene(split.test, random) for _ in range(400)]  # of digits, too, that are in no training scene
inputs = pl.tensor(np.stack([picture for picture, *_ in train]))
wanted = pl.tensor(np.stack([targets(boxes, classes) for _, boxes, classes in train]))
n_boxes = [sum(len(boxes) for _, boxes, _ in part) for part in (train, test)]
print(f"{len(train)} scenes with {n_boxes[0]} digits to learn from, {len(test)} with {n_boxes[1]} to be judged by")


# --- The network ------------------------------------------------------------------------------------------------
def block(n_in, n_out):
    """Return a convolution of 3 x 3 with batch norm and ReLU."""
    return nn.Sequential(nn.Conv2d(n_in, n_out, 3, padding=1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU())


pl.manual_seed(0)
model = nn.Sequential(
    *(block(1, 16), nn.MaxPool2d(2), block(16, 32), nn.MaxPool2d(2)),  # (n, 32, 8, 8)
    *(block(32, 64), block(64, 64)),  # a cell sees 26 x 26 pixels
    nn.Conv2d(64, 5 + 10, 1),  # whether, two for the middle, two for the size, ten classes
)


def loss_of(said, cells):
    """Add up what is wrong about being there, in all cells, and about box and class, in cells with a digit."""
    said = said.permute(0, 2, 3, 1)  # (n, 8, 8, 15)
    there = cells[..., 0] == 1
    is_there = F.binary_cross_entropy_with_logits(said[..., 0], cells[..., 0], reduction="sum")
    mine, true = said[there], cells[there]  # (digits, 15), (digits, 6)
    middle = F.mse_loss(mine[:, 1:3].sigmoid(), true[:, 1:3], reduction="sum")
    size = F.mse_loss(mine[:, 3:5], true[:, 3:5], reduction="sum")
    which = F.cross_entropy(mine[:, 5:], true[:, 5].long(), reduction="sum")
    return (is_there + 5 * middle + 5 * size + which) / len(said)


def find(pictures, least):
    """Return boxes, scores and classes for each picture; of boxes that overlap by 0.4 the surest stays."""
    model.eval()
    with pl.no_grad():
        said = model(pictures).permute(0, 2, 3, 1)
        sure = said[..., 0].sigmoid() * said[..., 5:].softmax(-1).max(-1)[0]
        middle, size, digit = said[..., 1:3].sigmoid(), 10 * said[..., 3:5].exp(), said[..., 5:].argmax(-1)
    columns, rows = np.meshgrid(np.arange(GRID), np.arange(GRID))
    found = []
    for score, m, s, d in zip(sure.numpy(), middle.numpy(), size.numpy(), digit.numpy(), strict=True):
        centre = CELL * (np.stack([columns, rows], -1) + m)
        boxes = np.concatenate([centre - s / 2, centre + s / 2], -1)[score >= least].astype(np.float32)
        kept = nms(pl.tensor(boxes), pl.tensor(score[score >= least]), 0.4).numpy()
        found.append((boxes[kept], score[score >= least][kept], d[score >= least][kept]))
    return found


loader = DataLoader(TensorDataset(inputs, wanted), batch_size=32, shuffle=True, seed=0)
optimizer = optim.Adam(model.parameters(), lr=5e-3)
schedule = optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, total_steps=EPOCHS * len(loader))
losses = []
for epoch in range(1, EPOCHS + 1):
    model.train()
    total = 0.0
    for pictures, cells in loader:
        loss = loss_of(model(pictures), cells)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item() * len(pictures)
    losses.append(total / len(train))
    if epoch in {1, 5, 10, EPOCHS}:
        print(f"epoch {epoch:2d}: loss {losses[-1]:.3f}")

# --- The verdict ------------------------------------------------------------------------------------------------
pictures, truth = pl.tensor(np.stack([p for p, *_ in test])), [(boxes, classes) for _, boxes, classes in test]
found = find(pictures, least=0.01)
print("\nmean average precision on scenes of digits never seen")
scores = {t: mean_average_precision(found, truth, iou_threshold=t) for t in (0.5, 0.75, 0.9)}
for threshold, score in scores.items():
    print(f"  boxes right from an overlap of {threshold:.2f} on: {score.mean:.3f}")
hardest = min(scores[0.5].by_class, key=scores[0.5].by_class.get)
print(f"  hardest at 0.50: {hardest}, {scores[0.5].by_class[hardest]:.3f}")
anything = mean_average_precision(
    [(b, s, np.zeros(len(b))) for b, s, _ in found], [(b, np.zeros(len(b))) for b, _ in truth]
)
print(f"  whatever digit it is called, at 0.50: {anything.mean:.3f}")

# --- The picture ------------------------------------------------------------------------------------------------
axes = panels(4, rows=2, width=3.2, height=3.3)
shown = [i for i, (boxes, _) in enumerate(truth) if len(boxes) >= 2][:7]
for ax, i in zip(axes, shown, strict=False):
    picture, (boxes, sure, said), (true_boxes, _) = pictures[i].numpy(), found[i], truth[i]
    ax.imshow(picture[0], cmap="gray", vmin=0, vmax=1, extent=(0, SIDE, SIDE, 0))
    for x1, y1, x2, y2 in true_boxes:
        ax.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], color="#8fd18f", linewidth=1, linestyle=":")
    for (x1, y1, x2, y2), score, digit in zip(boxes, sure, said, strict=True):
        if score >= 0.5:
            ax.plot([x1, x2, x2, x1, x1], [y1, y1, y2, y2, y1], color="#ff9f40", linewidth=2)
            ax.text(x1, y1 - 0.4, f"{digit}: {score:.2f}", color="#ff9f40", va="bottom", fontsize=9, clip_on=False)
    ax.axis("off")
axes[0].set_title("found (lines) and true (dots)")
axes[7].bar(*zip(*sorted(scores[0.75].by_class.items()), strict=True), color="#2f7ed8")
axes[7].set(title="average precision at 0.75", xlabel="digit", xticks=range(10), ylim=(0, 1))
save(axes[0])
