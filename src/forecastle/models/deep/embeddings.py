"""Embeddings: each value of a category becomes a few numbers that are learnt."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

_WIDEST = 16


class Embeddings(nn.Module):
    """The embeddings of some categories, side by side."""

    def __init__(self, counts: Sequence[int]) -> None:
        super().__init__()
        widths = [min(_WIDEST, (count + 1) // 2) for count in counts]
        self.width = sum(widths)
        self.tables = nn.ModuleList(
            nn.Embedding(count, width) for count, width in zip(counts, widths, strict=True)
        )

    def forward(self, codes: Tensor) -> Tensor:
        """``[n, width]`` of codes ``[n, n_categories]``."""
        parts = [table(codes[:, k]) for k, table in enumerate(self.tables)]
        return torch.cat(parts, dim=1) if parts else codes.new_zeros((len(codes), 0)).float()
