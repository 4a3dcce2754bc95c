"""Networks whose modules are called again and again: each call is a time step."""

import torch
from torch import nn
from torch.nn import functional as F


class CORblockS(nn.Module):
    """Kubilius et al. 2019: one set of convolutions, `times` passes, batch norms of their own for each pass."""

    def __init__(self, inputs: int, outputs: int, times: int, scale: int = 2):
        super().__init__()
        self.times = times
        self.conv_input = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.skip = nn.Conv2d(outputs, outputs, 1, 2, bias=False)
        self.norm_skip = nn.BatchNorm2d(outputs)
        self.conv1 = nn.Conv2d(outputs, outputs * scale, 1, bias=False)
        self.nonlin1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs * scale, outputs * scale, 3, 2, 1, bias=False)
        self.nonlin2 = nn.ReLU(inplace=True)
        self.conv3 = nn.Conv2d(outputs * scale, outputs, 1, bias=False)
        self.nonlin3 = nn.ReLU(inplace=True)
        self.output = nn.Identity()
        for t in range(times):
            setattr(self, f"norm1_{t}", nn.BatchNorm2d(outputs * scale))
            setattr(self, f"norm2_{t}", nn.BatchNorm2d(outputs * scale))
            setattr(self, f"norm3_{t}", nn.BatchNorm2d(outputs))

    def forward(self, inp):
        x = self.conv_input(inp)
        for t in range(self.times):
            skip = self.norm_skip(self.skip(x)) if t == 0 else x
            self.conv2.stride = (2, 2) if t == 0 else (1, 1)
            x = self.nonlin1(getattr(self, f"norm1_{t}")(self.conv1(x)))
            x = self.nonlin2(getattr(self, f"norm2_{t}")(self.conv2(x)))
            x = getattr(self, f"norm3_{t}")(self.conv3(x))
            x += skip
            x = self.nonlin3(x)
            output = self.output(x)
        return output


class CORnetS(nn.Module):
    def __init__(self):
        super().__init__()
        self.V1 = nn.Sequential(nn.Conv2d(3, 6, 7, 2, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(inplace=True),
                                nn.MaxPool2d(3, 2, 1), nn.Conv2d(6, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6),
                                nn.ReLU(inplace=True), nn.Identity())
        self.V2, self.V4, self.IT = CORblockS(6, 8, 2), CORblockS(8, 10, 4), CORblockS(10, 12, 2)
        self.decoder = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 10), nn.Identity())

    def forward(self, x):
        return self.decoder(self.IT(self.V4(self.V2(self.V1(x)))))


class Rows(nn.Module):
    """GRU and LSTM over the rows of an image; their results are tuples, and cells that are called row by row."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3 * 12, 10, 2, batch_first=True, bidirectional=True)
        self.lstm = nn.LSTM(20, 8, batch_first=True)
        self.cell = nn.GRUCell(8, 6)
        self.long_cell = nn.LSTMCell(6, 5)
        self.head = nn.Linear(6 + 5 + 10, 4)

    def forward(self, x):
        rows = x.permute(0, 2, 1, 3).flatten(2)
        y, h = self.gru(rows)
        y, _ = self.lstm(y)
        z, state = y.new_zeros(y.shape[0], 6), (y.new_zeros(y.shape[0], 5), y.new_zeros(y.shape[0], 5))
        for step in range(4):
            z = self.cell(y[:, step], z)
            state = self.long_cell(z, state)
        return self.head(torch.cat([z, state[0], h[-1]], 1))


class GatedRecurrentConv(nn.Module):
    """A ConvGRU with feedback from above: a module inside a module, both called at each step."""

    def __init__(self, width: int = 6, steps: int = 3):
        super().__init__()
        self.steps = steps
        self.enter = nn.Conv2d(3, width, 3, 2, 1)
        self.gate = nn.Sequential(nn.Conv2d(2 * width, 2 * width, 3, padding=1), nn.GroupNorm(2, 2 * width), nn.Sigmoid())
        self.new = nn.Sequential(nn.Conv2d(2 * width, width, 3, padding=1), nn.Tanh())
        self.above = nn.Sequential(nn.Conv2d(width, 2 * width, 3, 2, 1), nn.ReLU())
        self.feedback = nn.ConvTranspose2d(2 * width, width, 2, 2)
        self.head = nn.Linear(2 * width, 5)

    def forward(self, x):
        x = self.enter(x)
        h, top = torch.zeros_like(x), None
        for _ in range(self.steps):
            seen = x if top is None else x + self.feedback(top)
            update, reset = self.gate(torch.cat([seen, h], 1)).chunk(2, 1)
            h = (1 - update) * h + update * self.new(torch.cat([seen, reset * h], 1))
            top = self.above(h)
        return self.head(F.adaptive_max_pool2d(top, 1).flatten(1))


NETWORKS = {
    "cornet_s": (CORnetS, 64),
    "rows": (Rows, 12),
    "gated_recurrent": (GatedRecurrentConv, 16),
}
