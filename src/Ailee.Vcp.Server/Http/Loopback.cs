namespace Ailee.Vcp.Server.Http;

/// <summary>Names of this machine that no other can have.</summary>
internal static class Loopback
{
    private static readonly string[] Names = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>Whether a host, without its port, is spelled as one of them.</summary>
    public static bool IsName(string host) => Names.Contains(host, StringComparer.OrdinalIgnoreCase);
}
