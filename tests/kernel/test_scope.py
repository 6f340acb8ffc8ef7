import threading

import pytest

from lianxin.kernel import scope


def test_what_a_scope_looks_like():
    assert scope.of(["5301", "53011"]) == ".,5301,53011"
    assert scope.of(["530112"], exactly=["5301", ""]) == ".,530112,5301."
    assert scope.of([]) == "."
    assert scope.of(["530112", ""]) == scope.EVERYWHERE


@pytest.mark.parametrize("code", ["*", "53'", "５３", "53.", "a"])
def test_nothing_but_codes_gets_in(code):
    with pytest.raises(ValueError, match="division"):
        scope.of([code])
    with pytest.raises(ValueError, match="division"):
        scope.of(["53"], exactly=[code])


def test_the_innermost_scope_holds_and_ends():
    with scope.within(["53"]):
        with scope.nowhere():
            assert scope.setting() == scope.NOWHERE
            with scope.everywhere("test"):
                assert scope.setting() == scope.EVERYWHERE
        assert scope.setting() == ".,53"
        scope.settle(scope.of(["5301"]))
        assert scope.setting() == ".,5301"
    assert scope.setting() == scope.EVERYWHERE  # The tests' own.


def test_a_thread_has_the_scope_of_its_process_and_no_other():
    found = []
    with scope.within(["53"]):
        thread = threading.Thread(target=lambda: found.append(scope.setting()))
        thread.start()
        thread.join()
    assert found == [scope.EVERYWHERE]


def test_without_a_scope_nothing_is_open(monkeypatch):
    monkeypatch.setattr(scope, "_process", [scope.NOWHERE])
    assert scope.setting() == scope.NOWHERE
    scope.open_for_process("test")
    assert scope.setting() == scope.EVERYWHERE
