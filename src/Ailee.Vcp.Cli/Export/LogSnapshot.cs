using System.Collections.Concurrent;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Export;

/// <summary>Statements with receipts that are all of one state of the log, and the checkpoint of that state.</summary>
/// <param name="Size">Number of entries.</param>
/// <param name="Note">The checkpoint.</param>
/// <param name="Statements">Transparent statements by the name of their file.</param>
internal sealed record LogSnapshot(long Size, byte[] Note, IReadOnlyDictionary<string, byte[]> Statements)
{
    private const int MaxRounds = 32;
    private const int Concurrency = 8;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Fetches until nothing was appended meanwhile. A receipt is signed over one root, so those of another size are fetched again; few
    /// requests at once take less time than a log takes from one checkpoint to the next.
    /// </summary>
    /// <exception cref="CliException">The log keeps growing, or what the server gives is not what was asked for.</exception>
    public static async Task<LogSnapshot> FetchAsync(VcpClient client, NoteKey key, IReadOnlyDictionary<string, Digest> wanted, CancellationToken cancellationToken)
    {
        var held = new ConcurrentDictionary<string, (byte[] File, long Size)>();
        for (var round = 0; round < MaxRounds; round++)
        {
            var newest = held.IsEmpty ? long.MaxValue : held.Values.Max(file => file.Size);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(wanted.Where(file => held.GetValueOrDefault(file.Key).Size != newest), options, async (file, ended) =>
                held[file.Key] = await FetchOneAsync(client, key, file.Value, ended));
            var note = await client.GetCheckpointAsync(cancellationToken);
            var size = SizeOf(note, key);
            if (held.Values.All(file => file.Size == size))
            {
                return new LogSnapshot(size, note, held.ToDictionary(file => file.Key, file => file.Value.File));
            }
        }

        throw new CliException("The log grows faster than it can be read: no state of it held still. Try again.");
    }

    /// <summary>A statement of any kind with its receipt, once the log has it.</summary>
    /// <exception cref="CliException">The log does not come to have it.</exception>
    public static async Task<byte[]> GetAsync(VcpClient client, Digest id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetTransparentStatementAsync(id, Wait, cancellationToken);
        }
        catch (VcpApiException exception) when (exception.Status == HttpStatusCode.ServiceUnavailable)
        {
            throw new CliException($"The log does not have the statement {id} yet: {exception.Message}");
        }
    }

    private static async Task<(byte[] File, long Size)> FetchOneAsync(VcpClient client, NoteKey key, Digest id, CancellationToken cancellationToken)
    {
        var file = await GetAsync(client, id, cancellationToken);
        var report = StatementVerifier.Verify(file, new Evidence { LogKey = key });
        if (report.FirstFailure is { } failure)
        {
            throw new CliException($"The server's statement {id} fails {failure.Name}: {failure.Detail}");
        }

        return Digest.Of(report.File!.Statement.Span) == id
            ? (file, report.Receipts.Max(receipt => receipt.Proof.Size))
            : throw new CliException($"The server answers another statement than {id}.");
    }

    private static long SizeOf(byte[] note, NoteKey key) =>
        SignedNote.TryParse(note) is { } signed && key.Verifies(signed) && Checkpoint.TryParse(signed.Text) is { } checkpoint && checkpoint.Origin == key.Name
            ? checkpoint.Size
            : throw new CliException("The server's checkpoint is not signed by its log's key.");
}
