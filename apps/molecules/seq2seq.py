"""The transformer behind ANNalog, in plain torch and made for sampling: one token a call, keys and values of earlier tokens kept.

Vaswani et al. 2017, "Attention Is All You Need": post-norm, learned positions, ReLU. Parameters are named as in the checkpoint of
annalog 1.0.6 (after Trevett's pytorch-seq2seq). There is no dropout: it is never trained here. Imported by `annalog` while it loads.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

__all__ = ["Cache", "Seq2Seq", "Source"]

WIDTH, HEADS, LAYERS, INNER = 256, 8, 3, 512
HEAD = WIDTH // HEADS


class Attention(nn.Module):
    """The four projections of multi-head attention."""

    def __init__(self) -> None:
        super().__init__()
        self.fc_q, self.fc_k, self.fc_v, self.fc_o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))


def _one(x: Tensor) -> Tensor:
    """(n, WIDTH), tokens of one sequence -> (1, HEADS, n, HEAD)."""
    return x.view(1, -1, HEADS, HEAD).transpose(1, 2)


def _many(x: Tensor) -> Tensor:
    """(n, WIDTH), a token of each of n sequences -> (n, HEADS, 1, HEAD)."""
    return x.view(-1, HEADS, 1, HEAD)


def _joined(x: Tensor) -> Tensor:
    """(1, HEADS, n, HEAD) or (n, HEADS, 1, HEAD) -> (n, WIDTH)."""
    return x.transpose(1, 2).reshape(-1, WIDTH)


class FeedForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc_1 = nn.Linear(WIDTH, INNER)
        self.fc_2 = nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.fc_2(self.fc_1(x).relu_())
        return result


class EncoderLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.ff_layer_norm = nn.LayerNorm(WIDTH)
        self.self_attention = Attention()
        self.positionwise_feedforward = FeedForward()

    def forward(self, x: Tensor) -> Tensor:
        """(n, WIDTH) -> (n, WIDTH)."""
        own = self.self_attention
        seen = scaled_dot_product_attention(_one(own.fc_q(x)), _one(own.fc_k(x)), _one(own.fc_v(x)))
        x = self.self_attn_layer_norm(x + own.fc_o(_joined(seen)))
        result: Tensor = self.ff_layer_norm(x + self.positionwise_feedforward(x))
        return result


class DecoderLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.enc_attn_layer_norm = nn.LayerNorm(WIDTH)
        self.ff_layer_norm = nn.LayerNorm(WIDTH)
        self.self_attention = Attention()
        self.encoder_attention = Attention()
        self.positionwise_feedforward = FeedForward()

    def forward(self, x: Tensor, keys: Tensor, values: Tensor, source_keys: Tensor, source_values: Tensor) -> Tensor:
        """(rows, WIDTH), the newest token of each row -> (rows, WIDTH).

        keys, values: (rows, HEADS, tokens, HEAD) of all its tokens, the newest last, which is filled in here. Of the source: (1, ...).
        """
        own, other = self.self_attention, self.encoder_attention
        keys[:, :, -1:] = _many(own.fc_k(x))
        values[:, :, -1:] = _many(own.fc_v(x))
        seen = scaled_dot_product_attention(_many(own.fc_q(x)), keys, values)
        x = self.self_attn_layer_norm(x + own.fc_o(_joined(seen)))
        # every row asks the same source: they are the queries of one attention
        seen = scaled_dot_product_attention(_one(other.fc_q(x)), source_keys, source_values)
        x = self.enc_attn_layer_norm(x + other.fc_o(_joined(seen)))
        result: Tensor = self.ff_layer_norm(x + self.positionwise_feedforward(x))
        return result


class Encoder(nn.Module):
    def __init__(self, tokens: int, positions: int) -> None:
        super().__init__()
        self.tok_embedding = nn.Embedding(tokens, WIDTH)
        self.pos_embedding = nn.Embedding(positions, WIDTH)
        self.layers = nn.ModuleList(EncoderLayer() for _ in range(LAYERS))

    def forward(self, tokens: Tensor) -> Tensor:
        """(n,) int64 -> (n, WIDTH)."""
        x = self.tok_embedding(tokens) * WIDTH**0.5 + self.pos_embedding.weight[: len(tokens)]
        for layer in self.layers:
            x = layer(x)
        return x


class Decoder(nn.Module):
    def __init__(self, tokens: int, positions: int) -> None:
        super().__init__()
        self.tok_embedding = nn.Embedding(tokens, WIDTH)
        self.pos_embedding = nn.Embedding(positions, WIDTH)
        self.layers = nn.ModuleList(DecoderLayer() for _ in range(LAYERS))
        self.fc_out = nn.Linear(WIDTH, tokens)


Source = list[tuple[Tensor, Tensor]]
"""What the decoder sees of a source: for each layer keys and values, (1, HEADS, tokens, HEAD)."""


class Cache:
    """Keys and values of the `length` tokens decoded so far, of one sequence until `repeat` makes it several."""

    def __init__(self, positions: int, like: Tensor) -> None:
        self.length = 0
        self.stored = like.new_empty(LAYERS, 2, 1, HEADS, positions, HEAD)

    def repeat(self, rows: int) -> None:
        """The one sequence decoded so far becomes the beginning of `rows`."""
        begun = self.stored[..., : self.length, :]
        self.stored = self.stored.new_empty(LAYERS, 2, rows, *self.stored.shape[3:])
        self.stored[..., : self.length, :] = begun

    def keep(self, rows: Tensor) -> None:
        """Go on with the sequences `rows` (n,) int64, ascending, alone."""
        # a layer at a time into what is there already: a new cache costs page faults worth a dozen steps
        for layer in self.stored:
            for part in layer:
                part[: len(rows), :, : self.length] = part[:, :, : self.length].index_select(0, rows)
        self.stored = self.stored[:, :, : len(rows)]


class Seq2Seq(nn.Module):
    """tokens: size of the vocabulary; positions: the longest sequence, in tokens."""

    def __init__(self, tokens: int, positions: int) -> None:
        super().__init__()
        self.encoder = Encoder(tokens, positions)
        self.decoder = Decoder(tokens, positions)

    def encode(self, tokens: Tensor) -> Source:
        """(n,) int64, from <sos> to <eos> -> what `step` looks at."""
        seen = self.encoder(tokens)
        sides = (cast("DecoderLayer", layer).encoder_attention for layer in self.decoder.layers)
        return [(_one(side.fc_k(seen)), _one(side.fc_v(seen))) for side in sides]

    def step(self, tokens: Tensor, source: Source, cache: Cache) -> Tensor:
        """The next token (rows,) int64 of every sequence -> logits (rows, vocabulary) of the one after it. `cache` grows by one."""
        decoder, at = self.decoder, cache.length
        cache.length += 1
        x = decoder.tok_embedding(tokens) * WIDTH**0.5 + decoder.pos_embedding.weight[at]
        for layer, (keys, values), seen in zip(decoder.layers, cache.stored, source, strict=True):
            x = layer(x, keys[:, :, : at + 1], values[:, :, : at + 1], *seen)
        logits: Tensor = decoder.fc_out(x)
        return logits
