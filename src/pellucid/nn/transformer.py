"""Stacks of a transformer's layers, and the whole of encoder and decoder."""

import copy
from typing import Any

from pellucid._tensor import Tensor
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.containers import ModuleList
from pellucid.nn.module import Module
from pellucid.nn.normalization import LayerNorm
from pellucid.nn.transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer
from pellucid.ops import creation
from pellucid.ops.multi_head_attention import is_causal_mask
from pellucid.ops.shape import triu

__all__ = ["Transformer", "TransformerDecoder", "TransformerEncoder"]


class TransformerEncoder(Module):
    """y = norm(f_n(... f_1(x))), with f_i copies of one layer (Vaswani et al., 2017).

    The copies start with the same weights, as in PyTorch; draw them anew where that matters.

    Args:
        encoder_layer: the layer to be copied, a `TransformerEncoderLayer`.
        num_layers: n.
        norm: a normalisation of the output, or None.
        enable_nested_tensor: how PyTorch may compute faster; there is no such way here, and nothing to choose.
        mask_check: belongs to enable_nested_tensor.

    Raises:
        ValueError: when there are no layers.

    Example:
        >>> import pellucid
        >>> layer = pellucid.nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> TransformerEncoder(layer, 2)(pellucid.zeros(3, 5, 8)).shape
        Size([3, 5, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies("TransformerEncoder", encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Return y; the masks are those of the layers. is_causal is found out from `mask` when None."""
        causal = _is_causal(mask, is_causal)
        for layer in self.layers:
            src = layer(src, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=causal)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """y = norm(f_n(... f_1(x, m), m)), with f_i copies of one layer and m an encoder's output (Vaswani et al., 2017).

    The copies start with the same weights, as in PyTorch; draw them anew where that matters.

    Args:
        decoder_layer: the layer to be copied, a `TransformerDecoderLayer`.
        num_layers: n.
        norm: a normalisation of the output, or None.

    Raises:
        ValueError: when there are no layers.

    Example:
        >>> import pellucid
        >>> layer = pellucid.nn.TransformerDecoderLayer(8, 2, dim_feedforward=16, batch_first=True)
        >>> TransformerDecoder(layer, 2)(pellucid.zeros(3, 5, 8), pellucid.zeros(3, 7, 8)).shape
        Size([3, 5, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies("TransformerDecoder", decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return y; the masks are those of the layers. tgt_is_causal is found out from tgt_mask when None."""
        causal = _is_causal(tgt_mask, tgt_is_causal)
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """y = decoder(target, encoder(source)): one sequence turned into another (Vaswani et al., 2017).

    All matrices start from Xavier's uniform distribution. Each of the two stacks ends in a LayerNorm.

    Args:
        d_model: the features of both sequences.
        nhead: the heads of each attention.
        num_encoder_layers: the layers of the encoder.
        num_decoder_layers: the layers of the decoder.
        dim_feedforward: the size of the layers' hidden part.
        dropout: the probability of an element to be dropped in training.
        activation: "relu", "gelu", or a function of tensors.
        custom_encoder: a module in place of the encoder, called as a `TransformerEncoder` is.
        custom_decoder: a module in place of the decoder, called as a `TransformerDecoder` is.
        layer_norm_eps: ε of the normalisations.
        batch_first: whether the axes are (N, length, d_model), not (length, N, d_model).
        norm_first: normalise what goes into the layers' steps, not their sums.
        bias: whether the linear maps and the normalisations have biases.
        device: the CPU, or None.
        dtype: the type of the parameters; float32 by default.

    Raises:
        ValueError: when sizes do not fit, also in forward.

    Example:
        >>> import pellucid
        >>> model = Transformer(8, 2, 1, 1, dim_feedforward=16, batch_first=True)
        >>> source, target = pellucid.zeros(3, 7, 8), pellucid.zeros(3, 5, 8)
        >>> model(source, target, tgt_mask=model.generate_square_subsequent_mask(5)).shape
        Size([3, 5, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, device=device, dtype=dtype)

        if custom_encoder is None:
            encoder_layer = TransformerEncoderLayer(*sizes, device, dtype)
            custom_encoder = TransformerEncoder(encoder_layer, num_encoder_layers, norm())
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(*sizes, device, dtype)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, norm())
        self.encoder, self.decoder = custom_encoder, custom_decoder
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all matrices anew."""
        for p in self.parameters():
            if p.ndim > 1:
                init.xavier_uniform_(p)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return y; the masks are those of the encoder (src), and of the decoder (tgt, memory)."""
        s, t, batch = src.array.shape, tgt.array.shape, 0 if self.batch_first else 1
        if s[-1] != self.d_model or t[-1] != self.d_model or len(s) != len(t) or (len(s) == 3 and s[batch] != t[batch]):
            raise ValueError(
                f"Transformer needs a source and a target of {self.d_model} features and of one batch size (axis "
                f"{batch}), got shapes {s} and {t}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """Return the mask (sz, sz) that lets place i see the places 0 to i: -inf above the diagonal, 0 elsewhere."""
        return triu(creation.full((sz, sz), -float("inf"), dtype=dtype, device=device), diagonal=1)


def _copies(where: str, layer: Module, n: int) -> ModuleList:
    if n < 1:
        raise ValueError(f"{where} needs at least one layer, got {n}")
    return ModuleList([copy.deepcopy(layer) for _ in range(n)])


def _is_causal(mask: Tensor | None, told: bool | None) -> bool:
    if told is not None or mask is None:
        return bool(told)
    return mask.ndim == 2 and mask.array.shape[0] == mask.array.shape[1] and is_causal_mask(mask)
