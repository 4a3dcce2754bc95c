"""Transformers: PyTorch's own modules, and attention written by hand."""

import torch
from torch import nn
from torch.nn import functional as F


class EncoderBlock(nn.Module):
    """As torchvision's vit: attention that returns a tuple."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=1e-6)
        self.self_attention = nn.MultiheadAttention(width, heads, dropout=0.1, batch_first=True)
        self.dropout = nn.Dropout(0.1)
        self.ln_2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Dropout(0.1), nn.Linear(3 * width, width))

    def forward(self, x):
        y = self.ln_1(x)
        y, _ = self.self_attention(y, y, y, need_weights=False)
        x = x + self.dropout(y)
        return x + self.mlp(self.ln_2(x))


class ViT(nn.Module):
    """Dosovitskiy et al. 2021."""

    def __init__(self, width: int = 24, patch: int = 8, size: int = 32):
        super().__init__()
        self.conv_proj = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(torch.randn(1, 1, width))
        self.pos_embedding = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width))
        self.layers = nn.Sequential(*(EncoderBlock(width, 4) for _ in range(3)))
        self.ln = nn.LayerNorm(width)
        self.heads = nn.Sequential(nn.Linear(width, 10))

    def forward(self, x):
        x = self.conv_proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embedding
        return self.heads(self.ln(self.layers(x))[:, 0])


class Encoder(nn.Module):
    """nn.TransformerEncoder over patches, with weights that attention averages over its heads."""

    def __init__(self, width: int = 16):
        super().__init__()
        self.patches = nn.Unfold(8, stride=8)
        self.enter = nn.Linear(3 * 64, width)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(width, 4, 32, batch_first=True, activation="gelu", norm_first=True), 2,
            norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.attend = nn.MultiheadAttention(width, 2, batch_first=True)
        self.query = nn.Parameter(torch.randn(1, 1, width))
        self.out = nn.Linear(width, 5)

    def forward(self, x):
        x = self.encoder(self.enter(self.patches(x).transpose(1, 2)))
        pooled, weights = self.attend(self.query.expand(x.shape[0], -1, -1), x, x)
        return self.out(pooled[:, 0]) + weights.sum(-1)


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.scale = (width // heads) ** -0.5
        self.register_buffer("bias", torch.randn(heads, 16, 16))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        scores = torch.einsum("bhid,bhjd->bhij", q, k) * self.scale + self.bias
        mask = torch.full((n, n), float("-inf"), device=x.device).triu(1)
        plain = torch.einsum("bhij,bhjd->bihd", (scores + mask).softmax(-1), v).reshape(b, n, d)
        fused = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(b, n, d)
        return self.proj(plain + fused)


class Windows(nn.Module):
    """Attention in shifted windows (Liu et al. 2021), by hand: roll, partition, einsum, masks."""

    def __init__(self, width: int = 12):
        super().__init__()
        self.embed = nn.Conv2d(3, width, 4, 4)
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2)])
        self.blocks = nn.ModuleList([Attention(width, 3) for _ in range(2)])
        self.merge = nn.Linear(4 * width, 2 * width, bias=False)
        self.head = nn.Linear(2 * width, 5)

    def forward(self, x):
        x = self.embed(x).permute(0, 2, 3, 1)
        for shift, norm, block in zip((0, 2), self.norms, self.blocks):
            y = torch.roll(norm(x), (-shift, -shift), (1, 2)) if shift else norm(x)
            b, h, w, c = y.shape
            y = y.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
            y = block(y).view(b, h // 4, w // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
            x = x + (torch.roll(y, (shift, shift), (1, 2)) if shift else y)
        x = torch.cat([x[:, i::2, j::2] for j in (0, 1) for i in (0, 1)], -1)
        return self.head(self.merge(x).mean((1, 2)))


NETWORKS = {
    "vit": (ViT, 32),
    "encoder": (Encoder, 32),
    "windows": (Windows, 32),
}
