using System.Net.Sockets;
using Ailee.Vcp.Sandbox;
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
        EngineRefusedException engine => engine.Message,
        OptionsValidationException options => $"The configuration is not usable: {string.Join(" ", options.Failures)}",
        // Kestrel's own sentences, which name the address or say that a certificate is missing.
        InvalidOperationException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } kestrel => kestrel.Message,
        SocketException socket => $"It cannot listen on an address of urls: {socket.Message}.",
        OperationCanceledException => "It was told to stop before it had started.",
        IOException { InnerException: AddressInUseException or SocketException } address => address.Message,
        Storage.StorageException { InnerException: SqliteException sqlite } => $"The data directory cannot be written: {sqlite.Message}",
        IOException or UnauthorizedAccessException => $"The data directory cannot be written: {exception.Message}",
        _ => null,
    };
}
