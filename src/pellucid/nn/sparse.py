"""Tables of vectors looked up by number."""

from typing import Any

from pellucid._tensor import Tensor, as_array
from pellucid.grad_mode import no_grad
from pellucid.nn import functional as F
from pellucid.nn import init
from pellucid.nn.module import Module
from pellucid.nn.parameter import Parameter
from pellucid.ops import creation
from pellucid.ops.embedding import check_embedding_options

__all__ = ["Embedding"]


class Embedding(Module):
    """y_i = W[x_i]: every integer has a vector of its own, which is learned (Bengio et al., 2003).

    Shapes: x any shape of integers, W (num_embeddings, embedding_dim), y (*x.shape, embedding_dim). W starts from
    the standard normal distribution. A negative integer or one too large raises; NumPy would count from the end.

    Args:
        num_embeddings: how many integers there are, from 0.
        embedding_dim: the size of each vector.
        padding_idx: an integer whose vector starts at zero and is not learned.
        max_norm: not supported.
        norm_type: not supported, as it belongs to max_norm.
        scale_grad_by_freq: divide each vector's gradient by how often its integer occurs in the batch.
        sparse: not supported.
        _weight: the W to start with.
        _freeze: leave W as it is in training.
        device: the CPU, or None.
        dtype: the type of W; float32 by default.

    Raises:
        ValueError: when a size is below 1, padding_idx no row, or _weight of another shape.
        NotImplementedError: for the unsupported parameters.
        IndexError: in forward, for an integer that is no row.

    Example:
        >>> import pellucid
        >>> Embedding(10, 3)(pellucid.tensor([[1, 2], [9, 1]])).shape
        Size([2, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_embedding_options(max_norm, norm_type, sparse)
        if num_embeddings < 1 or embedding_dim < 1:
            raise ValueError(f"Embedding needs sizes of at least 1, got {num_embeddings} and {embedding_dim}")
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(f"Embedding: padding_idx {padding_idx} is no row of {num_embeddings}")
            padding_idx %= num_embeddings
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx, self.scale_grad_by_freq = padding_idx, scale_grad_by_freq
        shape = (num_embeddings, embedding_dim)
        if _weight is None:
            self.weight = Parameter(creation.empty(shape, dtype=dtype, device=device), requires_grad=not _freeze)
            self.reset_parameters()
        elif tuple(_weight.shape) != shape:
            raise ValueError(f"Embedding({num_embeddings}, {embedding_dim}) got a weight of shape {_weight.shape}")
        else:
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Any,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> "Embedding":
        """Return a layer whose table is a given matrix, which is left as it is in training unless `freeze` is false."""
        table = embeddings if isinstance(embeddings, Tensor) else Tensor(as_array(embeddings))
        if table.ndim != 2:
            raise ValueError(f"from_pretrained needs a matrix, got shape {tuple(table.shape)}")
        rows, columns = table.shape
        return cls(
            rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, _weight=table, _freeze=freeze
        )

    def reset_parameters(self) -> None:
        """Draw W anew; the padding's vector becomes zero."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    def forward(self, x: Tensor) -> Tensor:
        """Return the vectors of the integers x."""
        return F.embedding(x, self.weight, self.padding_idx, scale_grad_by_freq=self.scale_grad_by_freq)

    def extra_repr(self) -> str:
        """Show the sizes and options."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        scaled = ", scale_grad_by_freq=True" if self.scale_grad_by_freq else ""
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}{scaled}"
