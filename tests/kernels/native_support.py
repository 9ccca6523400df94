"""What the tests of the native kernels share: shapes, layouts, and the same bits for any number of threads."""

import numpy as np
from hypothesis import HealthCheck, settings

from pellucid.kernels import native

# Nothing, one, odd, whole vectors of every instruction set and one more, and enough for several chunks.
SHAPES = [
    (0, 3),
    (3, 0),
    (1, 1),
    (4, 2),
    (33, 10),
    (17, 24),
    (17, 25),
    (16, 48),
    (7, 49),
    (2, 3, 130),
    (700, 33),
    (90, 500),
]

# The fixture that chooses an instruction set holds for all examples of a test.
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def laid_out(a, seed):
    """Return the same numbers in one of four layouts: plain, misaligned, with gaps, backwards."""
    way = seed % 4
    if way == 1:
        buffer = np.zeros(a.nbytes + 64, dtype=np.uint8)
        out = np.frombuffer(buffer.data, dtype=a.dtype, count=a.size, offset=a.itemsize).reshape(a.shape)
        out[...] = a
        return out
    if way == 2:
        wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), dtype=a.dtype)
        wide[..., ::2] = a
        return wide[..., ::2]
    return np.ascontiguousarray(a[::-1])[::-1] if way == 3 else a


def same_bits_for_any_threads(compute):
    """Assert that a result is the same, bit by bit, for 1 to 4 threads."""
    before, bits = native.get_num_threads(), set()
    for threads in (1, 2, 3, 4):
        native.set_num_threads(threads)
        bits.add(np.asarray(compute()).tobytes())
    native.set_num_threads(before)
    assert len(bits) == 1
