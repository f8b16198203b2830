using System.Buffers.Binary;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Log;

/// <summary>A log as a server shows it to anyone.</summary>
internal sealed class HttpLogSource(HttpClient http) : ILogSource
{
    private const int BundledEntryBytes = sizeof(ushort) + Digest.SizeBytes;
    private const int LargestAnswerBytes = 1024 * 1024;

    private readonly VcpClient _client = new(http);

    public int Concurrency => 8;

    /// <summary>A connection for whoever trusts nobody: without key, and with bounds on the time and length of answers.</summary>
    public static HttpClient CreateHttp(Uri server)
    {
        var http = VcpClient.CreateHttp(server, null);
        (http.Timeout, http.MaxResponseContentBufferSize) = (TimeSpan.FromSeconds(30), LargestAnswerBytes);
        return http;
    }

    /// <exception cref="CliException">There is no checkpoint.</exception>
    public async Task<LogHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var key = await _client.GetLogKeyAsync(cancellationToken);
        var note = await _client.GetCheckpointAsync(cancellationToken);
        return SignedNote.TryParse(note) is { } signed && Checkpoint.TryParse(signed.Text) is { } checkpoint
            ? new LogHead(key, checkpoint.Size, null, note, 0)
            : throw new CliException("The server's checkpoint is none: there is nothing to compare with.", ExitCodes.Invalid);
    }

    public async Task<IReadOnlyList<Digest?>> ReadEntriesAsync(TilePath path, CancellationToken cancellationToken)
    {
        var bytes = await GetAsync(path, BundledEntryBytes, cancellationToken) ?? [];
        var entries = new Digest?[path.Width];
        for (var i = 0; i < path.Width && bytes.Length >= (i + 1) * BundledEntryBytes; i++)
        {
            var entry = bytes.AsSpan(i * BundledEntryBytes, BundledEntryBytes);
            entries[i] = BinaryPrimitives.ReadUInt16BigEndian(entry) == Digest.SizeBytes ? new Digest(entry[sizeof(ushort)..]) : null;
        }

        return entries;
    }

    public Task<byte[]?> ReadTileAsync(TilePath path, CancellationToken cancellationToken) => GetAsync(path, Digest.SizeBytes, cancellationToken);

    /// <summary>Nothing: what is not served cannot be seen.</summary>
    public IEnumerable<string> FindFurtherFaults(LogHead head) => [];

    public void Dispose() => http.Dispose();

    private async Task<byte[]?> GetAsync(TilePath path, int itemBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.GetTileAsync(path, cancellationToken);
        }
        catch (VcpApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // A partial tile may go when it is full (C2SP tlog-tiles); the full one begins with it.
            return path.Width == TilePath.FullWidth ? null
                : await GetAsync(path with { Width = TilePath.FullWidth }, itemBytes, cancellationToken) is { } full && full.Length == TilePath.FullWidth * itemBytes
                ? full[..(path.Width * itemBytes)]
                : null;
        }
    }
}
