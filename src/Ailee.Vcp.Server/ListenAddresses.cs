using System.Net;

namespace Ailee.Vcp.Server;

/// <summary>Checks <c>urls</c> before Kestrel does: of some it makes a stack trace, and of a host that is no address of this machine all addresses.</summary>
internal static class ListenAddresses
{
    private const int MaxPort = 65_535;

    public static IEnumerable<string> Problems(string? urls)
    {
        var addresses = urls?.Split(';', StringSplitOptions.RemoveEmptyEntries);
        return addresses is [] ? ["urls names no address."]
            : addresses?.Select(Problem).OfType<string>() ?? [];
    }

    private static string? Problem(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException exception)
        {
            return $"urls: {exception.Message}";
        }

        return !IsWeb(address.Scheme) ? $"urls: {url} must begin with http:// or https://."
            : address.IsUnixPipe ? UnixProblem(url, address.UnixPipePath)
            : !IsHost(address.Host) ? $"urls: {url} must have localhost, an IP address, or * for all addresses, as its host, and a port up to {MaxPort}."
            : address.Port is < 0 or > MaxPort ? $"urls: {url} must have a port from 0 to {MaxPort}."
            : address.Port == 0 && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? $"urls: {url} cannot have any port that is free: say 127.0.0.1 instead of localhost."
            : address.PathBase.Length > 0 ? $"urls: {url} must end after the port."
            : null;
    }

    private static bool IsWeb(string scheme) => scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase);

    private static bool IsHost(string host) => host is "*" or "+" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    private static string? UnixProblem(string url, string path) =>
        !Path.IsPathFullyQualified(path) || !Directory.Exists(Path.GetDirectoryName(path)) ? $"urls: {url} must name a socket in a directory that is there." : null;
}
