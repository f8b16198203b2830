using System.Net;
using System.Net.Sockets;

namespace Ailee.Vcp.Server.Auth;

/// <summary>Where a request comes from, as far as callers are told apart by it: an IPv4 address, or the /64 of an IPv6 one, within which its holder may choose.</summary>
internal readonly record struct RemoteAddress(ulong Bits, AddressFamily Family)
{
    private const int V4Bytes = 4;
    private const int V6Bytes = 16;

    /// <summary>Of a connection's address; connections without one are all alike.</summary>
    public static RemoteAddress Of(IPAddress? address)
    {
        if (address is null)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[V6Bytes];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork ? new RemoteAddress(BitConverter.ToUInt32(bytes), AddressFamily.InterNetwork)
            : address.IsIPv4MappedToIPv6 ? new RemoteAddress(BitConverter.ToUInt32(bytes[(V6Bytes - V4Bytes)..]), AddressFamily.InterNetwork)
            : new RemoteAddress(BitConverter.ToUInt64(bytes), AddressFamily.InterNetworkV6);
    }

    /// <summary>As people write it; null if there is none.</summary>
    public string? ToText()
    {
        switch (Family)
        {
            case AddressFamily.InterNetwork:
                return new IPAddress(BitConverter.GetBytes((uint)Bits)).ToString();
            case AddressFamily.InterNetworkV6:
                var bytes = new byte[V6Bytes];
                BitConverter.TryWriteBytes(bytes, Bits);
                return $"{new IPAddress(bytes)}/64";
            default:
                return null;
        }
    }
}
