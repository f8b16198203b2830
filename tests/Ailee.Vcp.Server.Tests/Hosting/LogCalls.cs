using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>What tests of the log do often.</summary>
internal static class LogCalls
{
    /// <summary>Starts a server and waits until the log has genesis and enrolment.</summary>
    public static async Task<RunningServer> StartAsync(ServerSetup setup)
    {
        var server = await RunningServer.StartAsync(setup);
        Assert.True(await server.Get<PublishedLog>().WaitAsync(1, Calls.LongWait, TimeProvider.System, default));
        return server;
    }

    /// <summary>Waits for what no event tells.</summary>
    public static async Task UntilAsync(Func<bool> condition, Action? step = null)
    {
        using var end = new CancellationTokenSource(Calls.LongWait);
        while (!condition())
        {
            end.Token.ThrowIfCancellationRequested();
            step?.Invoke();
            await Task.Yield();
        }
    }

    /// <summary>Appends entries that name nothing, and waits until the checkpoint covers all there are. Returns the size.</summary>
    public static async Task<long> AppendAsync(this RunningServer server, int count)
    {
        var last = await server.Database.WriteAsync(transaction =>
        {
            var index = 0L;
            for (var i = 0; i < count; i++)
            {
                index = LogStore.Append(transaction, Digest.Of(Guid.NewGuid().ToByteArray()), StatementKind.Execution, DateTimeOffset.UnixEpoch);
            }

            return index;
        });
        server.Get<LogIntegrator>().Signal();
        Assert.True(await server.Get<PublishedLog>().WaitAsync(last, Calls.LongWait, TimeProvider.System, default));
        return last + 1;
    }

    /// <summary>The served checkpoint, which the log's key must verify.</summary>
    public static async Task<Checkpoint> CheckpointAsync(this RunningServer server)
    {
        var note = SignedNote.TryParse(await server.Client.GetCheckpointAsync(default))!;
        Assert.True((await server.Client.GetLogKeyAsync(default)).Verifies(note));
        return Checkpoint.TryParse(note.Text)!;
    }

    /// <summary>All entries, appended or integrated, as they are stored.</summary>
    public static List<Digest> Entries(this RunningServer server) =>
        server.Database.Read(transaction => LogStore.Entries(transaction, 0, long.MaxValue)).ConvertAll(entry => entry.Statement);

    /// <summary>The leaf hashes of the first entries.</summary>
    public static Digest[] Leaves(this RunningServer server, long size) => [.. server.Entries().Take((int)size).Select(LogEntry.LeafHash)];

    /// <summary>A checkpoint signed as the server's log signs.</summary>
    public static byte[] Sign(this RunningServer server, long size, Digest root) => LogIntegrator.Sign(server.Get<LogKeys>(), new Checkpoint(server.Get<LogKeys>().Origin, size, root));

    /// <summary>A checkpoint signed by any key.</summary>
    public static byte[] Sign(string origin, SigningKey key, long size, Digest root)
    {
        var text = new Checkpoint(origin, size, root).ToText();
        return new SignedNote(text, [NoteKey.Sign(origin, key, text)]).ToBytes();
    }

    /// <summary>Copies a data directory whose server is stopped, without its lock.</summary>
    public static void CopyTo(this TempDirectory from, TempDirectory to)
    {
        foreach (var file in Directory.GetFiles(from.Path).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, to.File(Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <summary>The root of an empty tree.</summary>
    public static Digest EmptyRoot => MerkleHash.Empty;
}
