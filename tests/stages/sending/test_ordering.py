from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from importer.records import Request
from importer.stages.sending.ordering import UserLanes


def request(ordinal: int, customer_id: str) -> Request:
    return Request(ordinal, customer_id, b"{}")


def test_a_users_second_row_waits_for_the_first() -> None:
    lanes = UserLanes()
    assert lanes.admit(request(0, "ada"))
    assert not lanes.admit(request(1, "ada"))
    assert lanes.admit(request(2, "bob"))
    assert lanes.waiting == 1
    following = lanes.release("ada")
    assert following is not None
    assert following.ordinal == 1
    assert lanes.waiting == 0


def test_a_user_whose_rows_are_settled_may_come_again() -> None:
    lanes = UserLanes()
    lanes.admit(request(0, "ada"))
    assert lanes.release("ada") is None
    assert lanes.admit(request(1, "ada"))


def test_ids_are_compared_exactly() -> None:
    lanes = UserLanes()
    assert all(
        lanes.admit(request(n, text))
        for n, text in enumerate(["ada", "Ada", "ada ", "\u00e9", "e\u0301"])
    )


@given(st.lists(st.sampled_from("abc"), max_size=30), st.data())
def test_each_user_gets_his_rows_in_file_order_one_at_a_time(
    ids: list[str], data: st.DataObject
) -> None:
    lanes = UserLanes()
    seen: list[int] = []
    flying: dict[str, int] = {}
    for ordinal, user in enumerate(ids):
        if lanes.admit(request(ordinal, user)):
            assert user not in flying
            flying[user] = ordinal
        if len(flying) > 0 and data.draw(st.booleans()):
            user = data.draw(st.sampled_from(sorted(flying)))
            seen.append(flying.pop(user))
            following = lanes.release(user)
            if following:
                flying[user] = following.ordinal
    while flying:
        user, ordinal = flying.popitem()
        seen.append(ordinal)
        if following := lanes.release(user):
            flying[user] = following.ordinal
    assert sorted(seen) == list(range(len(ids)))
    for user in set(ids):
        rows = [ordinal for ordinal in seen if ids[ordinal] == user]
        assert rows == sorted(rows)
    assert lanes.waiting == 0
