"""Socket addresses: one struct for each address family, chosen by the first two bytes.

Their length varies and comes from the guest, so they are made from the bytes there are: an address cut
short within its fixed part stays raw.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from ..record import Record

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16

SOCKADDR_MAX = 128
"""The kernel copies no more than a sockaddr_storage (linux/socket.h)."""

_FAMILY = Struct("<H")
_INET6 = Struct("!HI16s")
_NETLINK = Struct("<xxII")


class UnixAddress(Record):
    """AF_UNIX: a path; abstract when it begins with NUL, unnamed when empty."""

    __slots__ = ()

    path: bytes

    def to_bytes(self) -> bytes:
        """Return the address as bind(2) takes it; a path gets its NUL, an abstract name gets none."""
        end = b"\0" if self.path and self.path[0] else b""
        return _FAMILY.pack(AF_UNIX) + self.path + end


class InetAddress(Record):
    """AF_INET."""

    __slots__ = ()

    port: int
    address: IPv4Address

    def to_bytes(self) -> bytes:
        """Return all 16 bytes, the unused ones zero."""
        return _FAMILY.pack(AF_INET) + self.port.to_bytes(2, "big") + self.address.packed + bytes(8)


class Inet6Address(Record):
    """AF_INET6; flow information is kept in network order, as strace shows it through ntohl."""

    __slots__ = ()

    port: int
    flowinfo: int
    address: IPv6Address
    scope_id: int

    def to_bytes(self) -> bytes:
        """Return all 28 bytes."""
        body = _INET6.pack(self.port, self.flowinfo, self.address.packed)
        return _FAMILY.pack(AF_INET6) + body + self.scope_id.to_bytes(4, "little")


class NetlinkAddress(Record):
    """AF_NETLINK: a port id and multicast groups."""

    __slots__ = ()

    pid: int
    groups: int

    def to_bytes(self) -> bytes:
        """Return all 12 bytes."""
        return _FAMILY.pack(AF_NETLINK) + _NETLINK.pack(self.pid, self.groups)


class RawAddress(Record):
    """Any other family, or an address too short for its own."""

    __slots__ = ()

    family: int
    data: bytes

    def to_bytes(self) -> bytes:
        """Return family and data as they came."""
        return _FAMILY.pack(self.family) + self.data


SocketAddress = UnixAddress | InetAddress | Inet6Address | NetlinkAddress | RawAddress


def socket_address(data: bytes) -> SocketAddress | None:
    """Read the address in `data`; None when there is not even a family."""
    from ipaddress import IPv4Address, IPv6Address

    if len(data) < 2:
        return None
    family, body = int.from_bytes(data[:2], "little"), data[2:]
    if family == AF_UNIX:
        return UnixAddress(_unix_path(body))
    if family == AF_INET and len(body) >= 14:
        return InetAddress(int.from_bytes(body[:2], "big"), IPv4Address(body[2:6]))
    if family == AF_INET6 and len(body) >= 26:
        port, flowinfo, address = _INET6.unpack_from(body)
        return Inet6Address(port, flowinfo, IPv6Address(address), int.from_bytes(body[22:26], "little"))
    if family == AF_NETLINK and len(body) >= 10:
        return NetlinkAddress(*_NETLINK.unpack_from(body))
    return RawAddress(family, body)


def _unix_path(body: bytes) -> bytes:
    # unix(7): an abstract name is all of the rest, zeros included; a path ends at its NUL
    return body if body[:1] == b"\0" else body.split(b"\0", 1)[0]
