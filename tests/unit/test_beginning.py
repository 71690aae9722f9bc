"""How a text begins, where there is no room for all of it."""

import pytest

from newsloom.core.beginning import beginning

MOST = 20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The mill\n  stops", "The mill stops"),
        ("x" * MOST, "x" * MOST),
        ("The old mill stopped its last wheel", "The old mill …"),
        ("The mill has stopped on Sunday", "The mill has …"),
        ("四川省成都市六日凌晨发生五点二级地震震源深度十公里", "四川省成都市六日凌晨发生五点二级地震震…"),
        ("快讯 四川省成都市六日凌晨发生五点二级地震震源深度十公里", "快讯 四川省成都市六日凌晨发生五点二级…"),
        ("", ""),
    ],
)
def test_cut(text, told):
    """Between words where there are any; else anywhere, for a mark alone says nothing."""
    assert beginning(text, MOST) == told
    assert len(told) <= MOST
