# The learning step of a deep Q-network, on transitions from NumPy.
import math
import random
from collections import deque, namedtuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))
rng = np.random.default_rng(23)
random.seed(0)


class ReplayMemory(object):
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, batch_size):
        return random.sample(self.memory, batch_size)

    def __len__(self):
        return len(self.memory)


class DQN(nn.Module):
    def __init__(self, n_observations, n_actions):
        super(DQN, self).__init__()
        self.layer1 = nn.Linear(n_observations, 16)
        self.layer2 = nn.Linear(16, 16)
        self.layer3 = nn.Linear(16, n_actions)

    def forward(self, x):
        x = F.relu(self.layer1(x))
        x = F.relu(self.layer2(x))
        return self.layer3(x)


policy_net = DQN(4, 2)
for p in policy_net.parameters():
    p.data = torch.tensor(rng.normal(0, 0.3, p.shape), dtype=torch.float32)
target_net = DQN(4, 2)
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.AdamW(policy_net.parameters(), lr=1e-2, amsgrad=True)
memory = ReplayMemory(100)
device = "cpu"


def select_action(state, steps_done):
    eps_threshold = 0.05 + 0.85 * math.exp(-1.0 * steps_done / 10)
    if random.random() > eps_threshold:
        with torch.no_grad():
            return policy_net(state).max(1).indices.view(1, 1)
    return torch.tensor([[random.randrange(2)]], device=device, dtype=torch.long)


state = torch.tensor(rng.normal(size=4), dtype=torch.float32, device=device).unsqueeze(0)
for t in range(60):
    action = select_action(state, t)
    reward = torch.tensor([float(action.item() == int(state[0, 0] > 0))], device=device)
    next_state = None if t % 10 == 9 else torch.tensor(rng.normal(size=(1, 4)), dtype=torch.float32)
    memory.push(state, action, next_state, reward)
    state = torch.zeros(1, 4) if next_state is None else next_state

for i in range(10):
    transitions = memory.sample(32)
    batch = Transition(*zip(*transitions))
    non_final_mask = torch.tensor(
        tuple(map(lambda s: s is not None, batch.next_state)), device=device, dtype=torch.bool
    )
    non_final_next_states = torch.cat([s for s in batch.next_state if s is not None])
    state_batch = torch.cat(batch.state)
    action_batch = torch.cat(batch.action)
    reward_batch = torch.cat(batch.reward)
    state_action_values = policy_net(state_batch).gather(1, action_batch)
    next_state_values = torch.zeros(32, device=device)
    with torch.no_grad():
        next_state_values[non_final_mask] = target_net(non_final_next_states).max(1).values
    expected_state_action_values = (next_state_values * 0.9) + reward_batch
    criterion = nn.SmoothL1Loss()
    loss = criterion(state_action_values, expected_state_action_values.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    target_net_state_dict = target_net.state_dict()
    policy_net_state_dict = policy_net.state_dict()
    for key in policy_net_state_dict:
        target_net_state_dict[key] = policy_net_state_dict[key] * 0.05 + target_net_state_dict[key] * 0.95
    target_net.load_state_dict(target_net_state_dict)
    if i % 3 == 0:
        print(f"{loss.item():.5f} {non_final_mask.sum().item()}")
print(target_net.layer3.bias)
