"""slow_network.py OUT.pt2: a network that needs some seconds for a few hundred images on one processor."""

import pathlib
import sys

import torch
from torch import nn

from ventral.exporter import export

SIZE = 64  # pixels


class SlowNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.wide = nn.Sequential(nn.Conv2d(3, 96, 3, padding=1), nn.ReLU(), nn.Conv2d(96, 96, 3, padding=1))
        self.pool = nn.AdaptiveAvgPool2d(2)

    def forward(self, x):
        return self.pool(self.wide(x)).flatten(1)


export(SlowNetwork(), pathlib.Path(sys.argv[1]), input_size=(3, SIZE, SIZE), mean=(0.5,) * 3, std=(0.5,) * 3,
       layers=["pool"], verify=False)
