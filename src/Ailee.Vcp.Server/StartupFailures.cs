using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server;

/// <summary>Sentences for what keeps a server from starting; null for what is a bug and deserves its stack trace.</summary>
internal static class StartupFailures
{
    public static string? Explain(Exception exception) => exception switch
    {
        StartupException startup => startup.Message,
        OptionsValidationException options => $"The configuration is not usable: {string.Join(" ", options.Failures)}",
        IOException { InnerException: AddressInUseException or SocketException } address => address.Message,
        Storage.StorageException { InnerException: SqliteException sqlite } => $"The data directory cannot be written: {sqlite.Message}",
        IOException or UnauthorizedAccessException => $"The data directory cannot be written: {exception.Message}",
        _ => null,
    };
}
