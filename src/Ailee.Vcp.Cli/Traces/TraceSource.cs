using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Cli.Traces;

/// <summary>A trace from a file or a server. A server can make leaves that it did not keep; a file cannot.</summary>
internal sealed class TraceSource(string name, KeptTrace trace, TaskId? task, Func<VcpClient> server)
{
    private const byte TaggedStatement = 0xd2;

    public string Name { get; } = name;

    public KeptTrace Trace { get; private set; } = trace;

    /// <param name="name">A trace file, a proof, or a task's id.</param>
    /// <param name="ofFiles">The hash of a trace file, which does not say it; proofs and tasks do.</param>
    /// <param name="server">The server that has the task; connected to only if needed.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="CliException">It is none of them.</exception>
    public static async Task<TraceSource> OpenAsync(string name, ContentHash ofFiles, Func<VcpClient> server, CancellationToken cancellationToken)
    {
        if (!File.Exists(name))
        {
            return TaskId.TryParse(name, out var id)
                ? await FetchAsync(name, id, HashOption.Parse((await server().GetTaskAsync(id, null, cancellationToken)).Hash), server, cancellationToken)
                : throw new CliException($"'{name}' is neither a file nor the id of a task.");
        }

        var bytes = await File.ReadAllBytesAsync(name, cancellationToken);
        return bytes is [TaggedStatement, ..] && TransparentStatement.TryDecode(bytes, out _) is { } proof && SignedStatement.TryDecode(proof.Statement, out _) is { } statement
            ? await FetchAsync(name, statement.Payload.Task, HashOption.Parse(statement.Payload.Hash.Name), server, cancellationToken)
            : new TraceSource(name, ReadFile(name, bytes, ofFiles), null, server);
    }

    /// <exception cref="CliException">The bytes are no trace.</exception>
    public static KeptTrace ReadFile(string path, byte[] bytes, ContentHash hash) =>
        TraceFile.TryRead(bytes, hash, out var fault) ?? throw new CliException($"{path} is not a trace: {fault!.Detail}");

    /// <summary>A leaf's bytes, or null if nobody can make them.</summary>
    /// <exception cref="CliException">The server answers other bytes than it told the hash of.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(int leaf, CancellationToken cancellationToken)
    {
        if (Trace.Leaves[leaf] is not null || task is not { } id)
        {
            return Trace.Leaves[leaf];
        }

        var bytes = await server().GetTraceLeafBytesAsync(id, leaf, cancellationToken);
        return Trace.Hash.Leaf(bytes) == Trace.LeafHashes[leaf] ? bytes : throw new CliException($"The server's leaf {leaf} does not have the hash that the server told.");
    }

    /// <summary>Keeps a leaf at hand, if anybody can make it.</summary>
    public async Task EnsureAsync(int leaf, CancellationToken cancellationToken)
    {
        if (leaf < Trace.LeafHashes.Count && Trace.Leaves[leaf] is null && await ReadAsync(leaf, cancellationToken) is { } bytes)
        {
            Trace = Trace.With(leaf, bytes);
        }
    }

    private static async Task<TraceSource> FetchAsync(string name, TaskId task, ContentHash hash, Func<VcpClient> server, CancellationToken cancellationToken) =>
        new(name, ReadFile(name, await server().GetTraceFileAsync(task, cancellationToken), hash), task, server);
}
