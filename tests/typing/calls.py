"""Calls to the global state: arguments and results are those of the method."""

from typing import Any, assert_type

import reverie
from reverie import GlobalTool, Guest, NoGlobal, Rpc, Tid


class Totals(GlobalTool[None]):
    @reverie.rpc
    async def add(self, sender: Tid, name: str, times: int = 1) -> int:
        return times

    @reverie.rpc
    async def names(self, sender: Tid) -> list[str]:
        return []

    @reverie.rpc  # expect-error: type-var
    def not_async(self, sender: Tid) -> int:
        return 1


class Other(GlobalTool[None]):
    @reverie.rpc
    async def add(self, sender: Tid, name: str) -> int:
        return 0


async def through_the_guest(guest: Guest[Totals, None]) -> None:
    assert_type(await guest.call(Totals.add, "read"), int)
    assert_type(await guest.call(Totals.add, "read", 2), int)
    assert_type(await guest.call(Totals.add, name="read", times=2), int)
    assert_type(await guest.call(Totals.names), list[str])
    await guest.call(Totals.add, 5)  # expect-error: arg-type
    await guest.call(Totals.add, "read", "2")  # expect-error: arg-type
    await guest.call(Totals.add)  # expect-error: call-arg
    await guest.call(Totals.add, "read", 2, 3)  # expect-error: call-arg
    await guest.call(Totals.add, "read", count=2)  # expect-error: call-arg
    await guest.call(Other.add, "read")  # expect-error: arg-type
    word: str = await guest.call(Totals.add, "read")  # expect-error: arg-type
    print(word)


async def through_the_rpc_of_an_exit_callback(rpc: Rpc[Totals]) -> None:
    assert_type(await rpc.call(Totals.add, "read"), int)
    await rpc.call(Totals.add, b"read")  # expect-error: arg-type
    await rpc.call(Other.add, "read")  # expect-error: arg-type
    numbers: list[int] = await rpc.call(Totals.names)  # expect-error: arg-type
    print(numbers)


async def a_tool_without_a_global_state(guest: Guest[NoGlobal, Any]) -> None:
    await guest.call(Totals.names)  # expect-error: arg-type


def one_that_knows_more_stands_for_one_that_knows_less(rpc: Rpc[Totals]) -> Rpc[GlobalTool[Any]]:
    return rpc
