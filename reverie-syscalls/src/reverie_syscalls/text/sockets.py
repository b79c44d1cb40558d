"""Socket addresses and message headers as strace prints them."""

from ..args.structs import Inet6Address, InetAddress, Msghdr, NetlinkAddress, RawAddress, UnixAddress, socket_address
from ..args.structs.sockaddr import SOCKADDR_MAX
from .constants import constant, flags
from .context import Context, peek, pointer
from .quoting import quote


def address_text(address: int, length: int, context: Context) -> str | None:
    """Return a socket address, or None when it is not readable or has no family."""
    data = peek(context.memory, address, min(length, SOCKADDR_MAX))
    value = None if data is None else socket_address(data)
    match value:
        case None:
            return None
        case UnixAddress(path):
            if not path:
                return "{sa_family=AF_UNIX}"
            name = quote(path) if path[0] else f"@{quote(path[1:])}"
            return f"{{sa_family=AF_UNIX, sun_path={name}}}"
        case InetAddress(port, ip):
            return f'{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("{ip}")}}'
        case Inet6Address(port, flowinfo, ip6, scope):
            where = f'inet_pton(AF_INET6, "{ip6}", &sin6_addr)'
            head = f"sa_family=AF_INET6, sin6_port=htons({port}), sin6_flowinfo=htonl({flowinfo})"
            return f"{{{head}, {where}, sin6_scope_id={scope}}}"
        case NetlinkAddress(pid, groups):
            return f"{{sa_family=AF_NETLINK, nl_pid={pid}, nl_groups={groups:08x}}}"
        case RawAddress(family, body):
            rest = f", sa_data={quote(body)}" if body else ""
            return f"{{sa_family={constant('SocketDomain', family)}{rest}}}"


def header_text(header: Msghdr, pieces: str | None, context: Context) -> str:
    """Return a message header with its pieces already as text."""
    name = None
    if header.msg_name:
        name = address_text(header.msg_name, header.msg_namelen & 0xFFFF_FFFF, context)
    parts = [
        f"msg_name={name or pointer(header.msg_name)}",
        f"msg_namelen={header.msg_namelen}",
        f"msg_iov={pieces or pointer(header.msg_iov)}",
        f"msg_iovlen={header.msg_iovlen}",
    ]
    if header.msg_controllen and header.msg_control:
        parts.append(f"msg_control={pointer(header.msg_control)}")
    parts += [f"msg_controllen={header.msg_controllen}", f"msg_flags={flags('MessageFlags', header.msg_flags)}"]
    return "{" + ", ".join(parts) + "}"
