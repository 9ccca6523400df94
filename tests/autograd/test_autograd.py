import numpy as np
import pytest

import pellucid as pl
from pellucid.autograd import Function, GradcheckError, grad, gradcheck, numerical_gradient


class Cube(Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return x**3 * scale

    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return 3 * dy * x**2 * ctx.scale, None


class WrongCube(Cube):
    @staticmethod
    def backward(ctx, dy):
        (x,) = ctx.saved_tensors
        return 2.9 * dy * x**2 * ctx.scale, None


def point(*shape):
    return pl.randn(*shape, dtype=pl.float64, requires_grad=True)


def test_a_function_of_ones_own_has_its_gradient():
    assert gradcheck(lambda x: Cube.apply(x, 2.0), [point(3, 2)])


def test_gradcheck_finds_a_wrong_gradient_and_says_where():
    with pytest.raises(GradcheckError, match=r"by input 0 at \(\d, \d\)"):
        gradcheck(lambda x: WrongCube.apply(x, 2.0), [point(3, 2)])
    assert not gradcheck(lambda x: WrongCube.apply(x, 2.0), [point(3, 2)], raise_exception=False)


def test_gradcheck_sees_through_outputs_of_constant_sum():
    class WrongSoftmax(Function):
        @staticmethod
        def forward(ctx, x):
            return x.softmax(1)

        @staticmethod
        def backward(ctx, dy):
            return dy * 0  # what a gradcheck that only sums would accept

    with pytest.raises(GradcheckError):
        gradcheck(WrongSoftmax.apply, [point(2, 3)])


def test_gradcheck_refuses_single_precision_and_nothing_to_check():
    with pytest.raises(ValueError, match="float64"):
        gradcheck(lambda x: x, [pl.ones(2, requires_grad=True)])
    with pytest.raises(ValueError, match="requires_grad"):
        gradcheck(lambda x: x, [pl.ones(2, dtype=pl.float64)])


def test_gradcheck_checks_every_output_of_several():
    assert gradcheck(lambda x: (x.exp(), x.sin()), [point(4)])
    with pytest.raises(GradcheckError, match="output 1"):
        gradcheck(lambda x: (x.exp(), WrongCube.apply(x, 1.0)), [point(4)])


def test_numerical_gradient_of_a_product_is_the_other_factor():
    x, w = point(3), point(3)
    dx, dw = numerical_gradient(lambda x, w: x * w, [x.detach(), w.detach()], np.ones(3))
    np.testing.assert_allclose(dx, w.detach().numpy(), rtol=1e-8)
    np.testing.assert_allclose(dw, x.detach().numpy(), rtol=1e-8)


def test_a_function_says_what_its_backward_returned_wrongly():
    class TooFew(Cube):
        @staticmethod
        def backward(ctx, dy):
            return dy

    class WrongShape(Cube):
        @staticmethod
        def backward(ctx, dy):
            return dy.sum(), None

    with pytest.raises(RuntimeError, match="1 gradients for 2 arguments"):
        TooFew.apply(point(2), 1.0).sum().backward()
    with pytest.raises(RuntimeError, match="argument 0"):
        WrongShape.apply(point(2), 1.0).sum().backward()
    with pytest.raises(TypeError, match=r"Cube\.apply"):
        Cube()


def test_a_saved_tensor_that_was_overwritten_is_refused():
    x = point(2)
    saved = x.detach().clone()

    class Keeps(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(saved)
            return x * 2

        @staticmethod
        def backward(ctx, dy):
            return dy * ctx.saved_tensors[0]

    y = Keeps.apply(x)
    saved.add_(1)
    with pytest.raises(RuntimeError, match="overwritten"):
        y.sum().backward()


def test_the_gradient_of_a_function_is_not_an_array_that_it_saved():
    constant = pl.ones(2, dtype=pl.float64)

    class Constant(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, dy):
            return constant

    x = point(2)
    Constant.apply(x).sum().backward()
    x.grad.mul_(5)
    assert constant.tolist() == [1, 1]


def test_grad_returns_gradients_and_leaves_grad_alone():
    x = pl.tensor([1.0, 2.0], requires_grad=True)
    h = x * 3
    dh, dx = grad((h * h).sum(), [h, x])
    assert dh.tolist() == [6, 12]
    assert dx.tolist() == [18, 36]
    assert x.grad is None


def test_grad_of_something_unused_is_refused_or_none():
    x, other = point(2), point(2)
    with pytest.raises(RuntimeError, match="do not depend on input 1"):
        grad(x.sum(), [x, other])
    assert grad(x.sum(), [x, other], allow_unused=True)[1] is None


def test_grad_refuses_gradients_of_gradients():
    x = point(2)
    with pytest.raises(NotImplementedError, match="create_graph"):
        grad(x.sum(), x, create_graph=True)


def test_grad_needs_weights_for_more_than_one_number():
    x = point(2)
    with pytest.raises(RuntimeError, match="weight"):
        grad(x * 2, x)
    (dx,) = grad(x * 2, x, pl.tensor([1.0, 10.0]))
    assert dx.tolist() == [2, 20]
