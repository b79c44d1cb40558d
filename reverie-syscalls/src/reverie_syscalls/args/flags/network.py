"""Flags and enums of calls on sockets.

Names are the kernel's. A flag set keeps bits nobody has named.
"""

from enum import IntEnum, IntFlag


class SocketDomain(IntEnum):
    """socket(2): address families."""

    AF_UNSPEC = 0
    AF_UNIX = 1
    AF_INET = 2
    AF_AX25 = 3
    AF_IPX = 4
    AF_APPLETALK = 5
    AF_NETROM = 6
    AF_BRIDGE = 7
    AF_X25 = 9
    AF_INET6 = 10
    AF_ROSE = 11
    AF_KEY = 15
    AF_NETLINK = 16
    AF_PACKET = 17
    AF_RDS = 21
    AF_TIPC = 30
    AF_BLUETOOTH = 31
    AF_CAN = 29
    AF_ALG = 38
    AF_VSOCK = 40
    AF_QIPCRTR = 42
    AF_XDP = 44


class SocketType(IntFlag):
    """socket(2): the lowest four bits are a number, the others flags."""

    SOCK_STREAM = 0x1
    SOCK_DGRAM = 0x2
    SOCK_RAW = 0x3
    SOCK_RDM = 0x4
    SOCK_SEQPACKET = 0x5
    SOCK_DCCP = 0x6
    SOCK_PACKET = 0xA
    SOCK_CLOEXEC = 0x80000
    SOCK_NONBLOCK = 0x800


class SocketFlags(IntFlag):
    """accept4(2)."""

    SOCK_CLOEXEC = 0x80000
    SOCK_NONBLOCK = 0x800


class IpProtocol(IntEnum):
    """socket(2): protocols of AF_INET and AF_INET6."""

    IPPROTO_IP = 0
    IPPROTO_ICMP = 1
    IPPROTO_IGMP = 2
    IPPROTO_IPIP = 4
    IPPROTO_TCP = 6
    IPPROTO_EGP = 8
    IPPROTO_PUP = 12
    IPPROTO_UDP = 17
    IPPROTO_IDP = 22
    IPPROTO_TP = 29
    IPPROTO_DCCP = 33
    IPPROTO_IPV6 = 41
    IPPROTO_RSVP = 46
    IPPROTO_GRE = 47
    IPPROTO_ESP = 50
    IPPROTO_AH = 51
    IPPROTO_ICMPV6 = 58
    IPPROTO_SCTP = 132
    IPPROTO_UDPLITE = 136
    IPPROTO_RAW = 255
    IPPROTO_MPTCP = 262


class NetlinkProtocol(IntEnum):
    """socket(2): protocols of AF_NETLINK."""

    NETLINK_ROUTE = 0
    NETLINK_USERSOCK = 2
    NETLINK_SOCK_DIAG = 4
    NETLINK_SELINUX = 7
    NETLINK_AUDIT = 9
    NETLINK_CONNECTOR = 11
    NETLINK_NETFILTER = 12
    NETLINK_KOBJECT_UEVENT = 15
    NETLINK_GENERIC = 16


class MessageFlags(IntFlag):
    """send(2), recv(2)."""

    MSG_OOB = 0x1
    MSG_PEEK = 0x2
    MSG_DONTROUTE = 0x4
    MSG_CTRUNC = 0x8
    MSG_PROXY = 0x10
    MSG_TRUNC = 0x20
    MSG_DONTWAIT = 0x40
    MSG_EOR = 0x80
    MSG_WAITALL = 0x100
    MSG_FIN = 0x200
    MSG_SYN = 0x400
    MSG_CONFIRM = 0x800
    MSG_RST = 0x1000
    MSG_ERRQUEUE = 0x2000
    MSG_NOSIGNAL = 0x4000
    MSG_MORE = 0x8000
    MSG_WAITFORONE = 0x10000
    MSG_BATCH = 0x40000
    MSG_ZEROCOPY = 0x4000000
    MSG_FASTOPEN = 0x20000000
    MSG_CMSG_CLOEXEC = 0x40000000


class ShutdownHow(IntEnum):
    """shutdown(2)."""

    SHUT_RD = 0
    SHUT_WR = 1
    SHUT_RDWR = 2


class SocketLevel(IntEnum):
    """setsockopt(2)."""

    SOL_IP = 0
    SOL_SOCKET = 1
    SOL_TCP = 6
    SOL_IPV6 = 41
    SOL_RAW = 255
    SOL_PACKET = 263
    SOL_NETLINK = 270
    SOL_VSOCK = 287


class SocketOption(IntEnum):
    """setsockopt(2), level SOL_SOCKET."""

    SO_DEBUG = 1
    SO_REUSEADDR = 2
    SO_TYPE = 3
    SO_ERROR = 4
    SO_DONTROUTE = 5
    SO_BROADCAST = 6
    SO_SNDBUF = 7
    SO_RCVBUF = 8
    SO_KEEPALIVE = 9
    SO_OOBINLINE = 10
    SO_NO_CHECK = 11
    SO_PRIORITY = 12
    SO_LINGER = 13
    SO_BSDCOMPAT = 14
    SO_REUSEPORT = 15
    SO_PASSCRED = 16
    SO_PEERCRED = 17
    SO_RCVLOWAT = 18
    SO_SNDLOWAT = 19
    SO_RCVTIMEO_OLD = 20
    SO_SNDTIMEO_OLD = 21
    SO_BINDTODEVICE = 25
    SO_ATTACH_FILTER = 26
    SO_DETACH_FILTER = 27
    SO_PEERNAME = 28
    SO_TIMESTAMP_OLD = 29
    SO_ACCEPTCONN = 30
    SO_PEERSEC = 31
    SO_SNDBUFFORCE = 32
    SO_PASSSEC = 34
    SO_TIMESTAMPNS_OLD = 35
    SO_MARK = 36
    SO_TIMESTAMPING_OLD = 37
    SO_PROTOCOL = 38
    SO_DOMAIN = 39
    SO_RXQ_OVFL = 40
    SO_WIFI_STATUS = 41
    SO_PEEK_OFF = 42
    SO_NOFCS = 43
    SO_LOCK_FILTER = 44
    SO_SELECT_ERR_QUEUE = 45
    SO_BUSY_POLL = 46
    SO_MAX_PACING_RATE = 47
    SO_BPF_EXTENSIONS = 48
    SO_INCOMING_CPU = 49
    SO_ATTACH_BPF = 50
    SO_COOKIE = 57
    SO_PEERGROUPS = 59
    SO_ZEROCOPY = 60


class TcpOption(IntEnum):
    """setsockopt(2), level SOL_TCP."""

    TCP_NODELAY = 1
    TCP_MAXSEG = 2
    TCP_CORK = 3
    TCP_KEEPIDLE = 4
    TCP_KEEPINTVL = 5
    TCP_KEEPCNT = 6
    TCP_SYNCNT = 7
    TCP_LINGER2 = 8
    TCP_DEFER_ACCEPT = 9
    TCP_WINDOW_CLAMP = 10
    TCP_INFO = 11
    TCP_QUICKACK = 12
    TCP_CONGESTION = 13
    TCP_MD5SIG = 14
    TCP_USER_TIMEOUT = 18
    TCP_FASTOPEN = 23
    TCP_TIMESTAMP = 24
    TCP_FASTOPEN_CONNECT = 30


class IpOption(IntEnum):
    """setsockopt(2), level SOL_IP."""

    IP_TOS = 1
    IP_TTL = 2
    IP_HDRINCL = 3
    IP_OPTIONS = 4
    IP_RECVOPTS = 6
    IP_RETOPTS = 7
    IP_PKTINFO = 8
    IP_MTU_DISCOVER = 10
    IP_RECVERR = 11
    IP_RECVTTL = 12
    IP_RECVTOS = 13
    IP_MTU = 14
    IP_FREEBIND = 15
    IP_MULTICAST_IF = 32
    IP_MULTICAST_TTL = 33
    IP_MULTICAST_LOOP = 34
    IP_ADD_MEMBERSHIP = 35
    IP_DROP_MEMBERSHIP = 36


class Ipv6Option(IntEnum):
    """setsockopt(2), level SOL_IPV6."""

    IPV6_UNICAST_HOPS = 16
    IPV6_MULTICAST_IF = 17
    IPV6_MULTICAST_HOPS = 18
    IPV6_MULTICAST_LOOP = 19
    IPV6_MTU_DISCOVER = 23
    IPV6_MTU = 24
    IPV6_RECVERR = 25
    IPV6_V6ONLY = 26
    IPV6_RECVPKTINFO = 49
    IPV6_PKTINFO = 50
    IPV6_TCLASS = 67
