using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>A test in the place of the node: takes leases, runs them honestly, and may then say something else.</summary>
internal sealed class ActingNode : IDisposable
{
    private readonly RunningServer _server;
    private readonly GuestThreads _threads = new(1);

    public ActingNode(RunningServer server)
    {
        _server = server;
        Key = server.Get<SigningKey>();
        Gateway = ActivatorUtilities.CreateInstance<BuiltInGateway>(server.Services, Key.PublicKey);
    }

    /// <summary>A node as it is for a server that was started again.</summary>
    public ActingNode(RunningServer server, ActingNode before)
        : this(server, before.Key) => Counter = before.Counter + 100;

    private ActingNode(RunningServer server, SigningKey key)
    {
        _server = server;
        Key = key;
        Gateway = ActivatorUtilities.CreateInstance<BuiltInGateway>(server.Services, Key.PublicKey);
    }

    public SigningKey Key { get; }

    public NodeId Id => Key.PublicKey.Id;

    public BuiltInGateway Gateway { get; }

    /// <summary>The counter of the next honest statement.</summary>
    public ulong Counter { get; set; } = 1;

    /// <summary>One more node, of an owner, that is heard of for ever.</summary>
    public static async Task<ActingNode> JoinAsync(RunningServer server, string owner)
    {
        var key = SigningKey.Create();
        await server.Get<NodeEnrolment>().EnrolAsync(new NodeRow(key.PublicKey.Id, key.PublicKey, $"node of {owner}", owner, server.Get<TimeProvider>().GetUtcNow()));
        server.Get<NodeRegistry>().Update(key.PublicKey.Id, node => node with { HeardAt = TimeSpan.MaxValue });
        return new ActingNode(server, key);
    }

    public async Task<LeaseOffer> LeaseAsync() => Assert.Single(await Gateway.LeaseAsync(1, default));

    public async Task<ExecutionResult.Conclusive> RunAsync(LeaseOffer lease)
    {
        var module = Digest.Parse(lease.Module);
        using var prepared = await _server.Sandbox.PrepareAsync(module, token => Gateway.GetModuleAsync(lease, token), default);
        var invocation = Invocation.TryDecode(lease.Invocation, out _)!;
        var hash = ContentHash.Find(lease.Hash)!;
        var bundle = lease.Bundle is not null ? await BundleTarReader.ReadAsync(await Gateway.GetBundleAsync(lease, default), BundleLimits.Default, default) : null;
        var request = new ExecutionRequest
        {
            Module = module,
            Hash = hash,
            ModuleDigest = hash.Of((await Gateway.GetModuleAsync(lease, default)).Span),
            Entrypoint = lease.Entrypoint,
            Invocation = invocation,
            Bundle = bundle,
            Stdin = lease.Stdin ?? await Gateway.GetStdinAsync(lease, default),
            Timeout = TimeSpan.FromMinutes(1),
        };
        return Assert.IsType<ExecutionResult.Conclusive>(await _threads.RunAsync(() => _server.Sandbox.Execute(prepared, request, default)));
    }

    /// <summary>What an honest node reports, apart from what the test changes.</summary>
    public async Task<LeaseReport> ReportAsync(LeaseOffer lease, Lie? lie = null)
    {
        lie ??= new Lie();
        var run = await RunAsync(lease);
        var honest = run.ToPayload(TaskId.Parse(lease.Task), Nonce.FromBytes(lease.Nonce.Span));
        var (payload, leaves) = WithTrace(lie.Payload(honest), honest, run.Trace.Leaves);
        var issued = lie.IssuedAtSeconds ?? _server.Get<TimeProvider>().GetUtcNow().ToUnixTimeSeconds();
        var statement = SignedStatement.Sign(lie.Key ?? Key, payload.WithExecutionHash(), issued, lie.Counter ?? Counter++);
        return new LeaseReport
        {
            Lease = lease.Lease,
            Statement = lie.Bytes(statement.Bytes.ToArray()),
            Output = run.OutputBytes,
            Stdout = run.Stdout,
            Stderr = run.Stderr,
            TraceHashes = leaves.SelectMany(leaf => payload.Hash.Leaf(leaf.Span).ToArray()).ToArray(),
            TraceLeaves = leaves,
            Files = lie.Files(run.Output.Files.Zip(run.Files).ToDictionary(file => file.First.Path, file => file.Second)),
            WallTime = run.WallTime,
        };
    }

    /// <summary>Runs, changes what the lie changes, and hands it in.</summary>
    public async Task<LeaseReceipt> AnswerAsync(LeaseOffer lease, Lie? lie = null) => await Gateway.ReportAsync(await ReportAsync(lease, lie), default);

    public void Dispose() => _threads.Dispose();

    // A liar with care: the trace tells the same lie, unless the lie is about the trace.
    private static (StatementPayload Payload, IReadOnlyList<ReadOnlyMemory<byte>> Leaves) WithTrace(
        StatementPayload claimed, StatementPayload honest, IReadOnlyList<ReadOnlyMemory<byte>> leaves)
    {
        if (claimed.TraceRoot != honest.TraceRoot)
        {
            return (claimed, leaves);
        }

        IReadOnlyList<ReadOnlyMemory<byte>> told =
        [
            TraceLeaf.Encode(new TraceItem.Start(claimed.Profile, claimed.Module, claimed.Entrypoint, claimed.Input)),
            .. leaves.Skip(1).SkipLast(1),
            TraceLeaf.Encode(new TraceItem.Finish(claimed.Outcome, claimed.ExitCode, claimed.Output, claimed.Instructions, claimed.MemoryPages)),
        ];
        return (claimed with { TraceRoot = KeptTrace.Of(claimed.Hash, [.. told.Select(leaf => claimed.Hash.Leaf(leaf.Span))], []).Root() }, told);
    }
}

/// <summary>What a dishonest node changes.</summary>
internal sealed record Lie
{
    public Func<StatementPayload, StatementPayload> Payload { get; init; } = payload => payload;

    public Func<byte[], byte[]> Bytes { get; init; } = bytes => bytes;

    public Func<Dictionary<string, ReadOnlyMemory<byte>>, Dictionary<string, ReadOnlyMemory<byte>>> Files { get; init; } = files => files;

    public SigningKey? Key { get; init; }

    public ulong? Counter { get; init; }

    public long? IssuedAtSeconds { get; init; }
}
