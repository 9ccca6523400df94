import threading

import pytest

import pellucid
from pellucid import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled


@pytest.fixture(autouse=True)
def _record_again_after_a_failure():
    yield
    set_grad_enabled(True)


def recorded():
    return (pellucid.ones(1, requires_grad=True) * 2).requires_grad


@pytest.mark.parametrize("mode", [no_grad, inference_mode])
def test_nothing_is_recorded_inside_and_again_after(mode):
    with mode():
        assert not recorded()
        assert not is_grad_enabled()
    assert recorded()


def test_modes_nest_and_restore_the_one_before():
    with no_grad():
        with enable_grad():
            assert recorded()
            with no_grad():
                assert not recorded()
            assert recorded()
        assert not recorded()
    assert recorded()


def test_an_error_inside_restores_the_mode():
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert recorded()


@pytest.mark.parametrize("decorator", [no_grad(), no_grad, inference_mode(), inference_mode])
def test_functions_are_decorated_with_and_without_brackets(decorator):
    @decorator
    def inside(n):
        """Count down through itself."""
        return (recorded(), *inside(n - 1)) if n else (recorded(),)

    assert inside(2) == (False, False, False)
    assert inside.__name__ == "inside"
    assert recorded()


def test_one_context_object_is_entered_again_and_again():
    quiet = no_grad()
    with quiet:
        with quiet:
            assert not recorded()
        assert not recorded()
    assert recorded()


def test_a_decorated_function_that_records_again_inside():
    @enable_grad()
    def inner():
        return recorded()

    @no_grad()
    def outer():
        return recorded(), inner(), recorded()

    assert outer() == (False, True, False)


def test_set_grad_enabled_works_at_once_and_as_a_block():
    set_grad_enabled(False)
    try:
        assert not recorded()
        with set_grad_enabled(True):
            assert recorded()
        assert not recorded()
    finally:
        set_grad_enabled(True)
    assert recorded()


def test_set_grad_enabled_decorates_without_changing_the_mode_outside():
    @set_grad_enabled(False)
    def quiet():
        return recorded()

    assert recorded()
    assert quiet() is False
    assert quiet() is False
    assert recorded()


def test_a_generator_is_decorated_step_by_step():
    @no_grad()
    def steps():
        yield recorded()
        yield recorded()

    found = [(inside, recorded()) for inside in steps()]  # between the steps the caller's own mode holds
    assert found == [(False, True), (False, True)]


def test_the_mode_is_each_threads_own():
    found = {}
    inside, done = threading.Event(), threading.Event()

    def work():
        with no_grad():
            inside.set()
            done.wait(5)
            found["thread"] = recorded()

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(5)
    found["main"] = recorded()
    done.set()
    thread.join()
    assert found == {"main": True, "thread": False}


def test_a_new_thread_records():
    found = []
    with no_grad():
        thread = threading.Thread(target=lambda: found.append(recorded()))
        thread.start()
        thread.join()
    assert found == [True]


def test_parameters_made_inside_still_require_gradients():
    with no_grad():
        x = pellucid.ones(1, requires_grad=True)
    assert (x * 2).requires_grad


def test_a_decorated_generator_receives_values_and_errors():
    @no_grad()
    def echo():
        try:
            while True:
                got = yield recorded()
                if got == "stop":
                    return "returned"
        except ValueError:
            yield "caught"

    steps = echo()
    assert next(steps) is False
    assert steps.send(1) is False
    assert steps.throw(ValueError("x")) == "caught"
    steps.close()
    again = echo()
    next(again)
    with pytest.raises(StopIteration) as end:
        again.send("stop")
    assert end.value.value == "returned"
    assert recorded()


def test_inference_mode_can_be_switched_off():
    with no_grad(), inference_mode(False):
        assert recorded()


def test_one_decorated_function_in_two_threads_keeps_the_modes_apart():
    inside, done = threading.Event(), threading.Event()

    @no_grad()
    def wait():
        inside.set()
        done.wait(5)

    found = []

    def work():
        wait()
        found.append(recorded())

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(5)
    with no_grad():
        no_grad()(lambda: None)()
        done.set()
        thread.join()
        assert not recorded()
    assert found == [True]
