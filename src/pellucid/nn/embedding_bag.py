"""A table of vectors looked up by number, those of each bag brought together."""

from typing import Any

from pellucid._tensor import Tensor, as_array
from pellucid.grad_mode import no_grad
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid.ops.embedding import check_embedding_options

__all__ = ["EmbeddingBag"]


class EmbeddingBag(Module):
    """y_b = the sum, mean or largest of W[x_i] over the places i of bag b; zeros for a bag of nothing.

    A text as the mean of its words' vectors (Joulin et al., 2017). W starts from the standard normal distribution.

    Shapes: x (B, n), or (n,) with the offsets at which the bags begin; W (num_embeddings, embedding_dim),
    y (B, embedding_dim).

    Args:
        num_embeddings: how many integers there are, from 0.
        embedding_dim: the size of each vector.
        max_norm: not supported.
        norm_type: not supported, as it belongs to max_norm.
        scale_grad_by_freq: divide each vector's gradient by how often its integer occurs in the batch.
        mode: "sum", "mean" or "max".
        sparse: not supported.
        _weight: the W to start with.
        include_last_offset: whether offsets ends with the end of the last bag.
        padding_idx: an integer that is passed over; its vector starts at zero and is not learned.
        device: the CPU, or None.
        dtype: the type of W; float32 by default.

    Raises:
        ValueError: when a size is below 1, padding_idx no row, the mode unknown, or _weight of another shape.
        NotImplementedError: for the unsupported parameters.
        IndexError: in forward, for an integer that is no row.

    Example:
        >>> import pellucid
        >>> EmbeddingBag(10, 3)(pellucid.tensor([[1, 2, 4, 5], [4, 3, 2, 9]])).shape
        Size([2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_embedding_options(max_norm, norm_type, sparse)
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(f"EmbeddingBag needs sizes of at least 1, got {num_embeddings} and {embedding_dim}")
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(f"EmbeddingBag: padding_idx {padding_idx} is no row of {num_embeddings}")
            padding_idx %= num_embeddings
        if mode not in ("sum", "mean", "max"):
            raise ValueError(f"EmbeddingBag: mode is one of sum, mean, max, got {mode!r}")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.scale_grad_by_freq, self.mode = scale_grad_by_freq, mode
        self.include_last_offset, self.padding_idx = include_last_offset, padding_idx
        shape = (num_embeddings, embedding_dim)
        if _weight is None:
            self.weight = Parameter(creation.empty(shape, dtype=dtype, device=device))
            self.reset_parameters()
        elif tuple(_weight.shape) != shape:
            raise ValueError(f"EmbeddingBag({num_embeddings}, {embedding_dim}) got a weight of shape {_weight.shape}")
        else:
            self.weight = Parameter(_weight)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Any,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> "EmbeddingBag":
        """Return a layer whose table is a given matrix, which is left as it is in training unless `freeze` is false."""
        table = embeddings if isinstance(embeddings, Tensor) else Tensor(as_array(embeddings))
        if table.ndim != 2:
            raise ValueError(f"from_pretrained needs a matrix, got shape {tuple(table.shape)}")
        rows, columns = table.shape
        options = (max_norm, norm_type, scale_grad_by_freq, mode, sparse, table, include_last_offset, padding_idx)
        layer = cls(rows, columns, *options)
        layer.weight.requires_grad = not freeze
        return layer

    def reset_parameters(self) -> None:
        """Draw W anew; the padding's vector becomes zero."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """Return the vectors of the bags; see `functional.embedding_bag`."""
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            scale_grad_by_freq=self.scale_grad_by_freq,
            mode=self.mode,
            per_sample_weights=per_sample_weights,
            include_last_offset=self.include_last_offset,
            padding_idx=self.padding_idx,
        )

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        scaled = ", scale_grad_by_freq=True" if self.scale_grad_by_freq else ""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{scaled}, mode={self.mode!r}{padding}"
