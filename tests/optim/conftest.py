import pytest
import torch


@pytest.fixture(autouse=True)
def torch_keeps_its_numbers_in_float64():
    """PyTorch's NAdam keeps the product of its mu in the default type, which would cost 8 digits."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
