from __future__ import annotations

from importer.sandbox.traffic import Flight, Traffic


def flight(*users: str, is_open: bool = True) -> Flight:
    return Flight(users, lambda: is_open)


def test_requests_one_after_the_other_are_in_order() -> None:
    traffic = Traffic()
    for _ in range(3):
        one = flight("ann")
        assert traffic.arrive(one) == ()
        traffic.leave(one, 200)

    stats = traffic.stats()
    assert (stats["requests"], stats["order_violations"]) == (3, 0)
    assert (stats["max_in_flight"], stats["max_in_flight_per_user"]) == (1, 1)
    assert stats["in_flight"] == 0


def test_two_at_once_for_different_users_are_in_order() -> None:
    traffic = Traffic()

    assert traffic.arrive(flight("ann")) == ()
    assert traffic.arrive(flight("bob")) == ()
    assert traffic.stats()["max_in_flight"] == 2
    assert traffic.stats()["max_in_flight_per_user"] == 1


def test_two_at_once_for_one_user_are_an_order_violation() -> None:
    traffic = Traffic()
    first, second = flight("ann"), flight("ann", "bob")
    traffic.arrive(first)
    rivals = traffic.arrive(second)
    traffic.judge(second, rivals)

    assert rivals == (first,)
    assert traffic.stats()["order_violations"] == 1
    assert traffic.stats()["max_in_flight_per_user"] == 2


def test_a_rival_answered_in_the_meantime_was_unanswered_all_the_same() -> None:
    waits = [True]
    traffic = Traffic()
    first, second = Flight(("ann",), lambda: waits[0]), flight("ann")
    traffic.arrive(first)
    rivals = traffic.arrive(second)
    traffic.leave(first, 200)
    waits[0] = False
    traffic.judge(second, rivals)

    assert traffic.stats()["order_violations"] == 1


def test_a_request_whose_client_gave_up_is_no_rival() -> None:
    traffic = Traffic()
    traffic.arrive(flight("ann", is_open=False))

    assert traffic.arrive(flight("ann")) == ()


def test_a_client_whose_leaving_shows_late_is_no_rival_either() -> None:
    waits = [True]
    traffic = Traffic()
    traffic.arrive(Flight(("ann",), lambda: waits[0]))
    second = flight("ann")
    rivals = traffic.arrive(second)
    waits[0] = False
    traffic.judge(second, rivals)

    assert len(rivals) == 1
    assert traffic.stats()["order_violations"] == 0


def test_answers_are_counted_by_status_and_missing_ones_as_zero() -> None:
    traffic = Traffic()
    for status in (200, 200, 429, 0):
        one = flight("ann")
        traffic.arrive(one)
        traffic.leave(one, status)

    assert traffic.stats()["by_status"] == {"0": 1, "200": 2, "429": 1}


def test_a_request_in_flight_when_all_is_cleared_does_no_harm() -> None:
    traffic = Traffic()
    one = flight("ann")
    traffic.arrive(one)
    traffic.clear()
    traffic.leave(one, 200)

    assert traffic.stats()["in_flight"] == 0
