using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>The hash of a statement is nothing that a guest could notice.</summary>
public sealed class HashTests(SandboxFixture fixture)
{
    private static readonly byte[] Module = SandboxFixture.Wat(SandboxFixture.Guest("everything.wat"));
    private static readonly byte[] Stdin = [.. Enumerable.Range(0, 2500).Select(i => (byte)(i * 7))];
    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("a/b", "content"), TestBundle.Link("c", "a"));

    [Fact]
    public async Task Execute_UnderEitherHash_SameRunOtherDigests()
    {
        var (sha256, sha3) = (await RunAsync(ContentHash.Sha256), await RunAsync(ContentHash.Sha3));

        Assert.Equal((sha256.Outcome, sha256.ExitCode, sha256.Instructions, sha256.Gas, sha256.MemoryPages), (sha3.Outcome, sha3.ExitCode, sha3.Instructions, sha3.Gas, sha3.MemoryPages));
        Assert.Equal(sha256.Stdout.ToArray(), sha3.Stdout.ToArray());
        Assert.NotEqual(sha256.OutputBytes.ToArray(), sha3.OutputBytes.ToArray());
        Assert.Empty(Digests(sha256).Intersect(Digests(sha3)));
        var (ours, theirs) = (Calls(sha256), Calls(sha3));
        Assert.Equal(ours.Select(call => (call.Name, call.Errno, call.Instructions)), theirs.Select(call => (call.Name, call.Errno, call.Instructions)));
        Assert.All(ours.Zip(theirs), pair => Assert.True(pair.First.Moved is null == pair.Second.Moved is null && (pair.First.Moved is null || pair.First.Moved != pair.Second.Moved)));
        Assert.Contains(ours, call => call.Moved is not null);
    }

    [Theory]
    [InlineData("sha-256")]
    [InlineData("sha3-256")]
    public async Task ToPayload_UnderEitherHash_PassesEveryCheck(string name)
    {
        var hash = ContentHash.Find(name)!;
        using var key = SigningKey.Create();

        var run = await RunAsync(hash);
        var statement = SignedStatement.Sign(key, run.ToPayload(TaskId.Create(DateTimeOffset.UnixEpoch), Nonce.Create()), 1, 1);

        var report = StatementVerifier.Verify(statement.Bytes, new Evidence
        {
            Module = Module,
            Invocation = run.InvocationBytes,
            Stdin = Stdin,
            BundleManifest = Bundle.ManifestUnder(hash),
            Output = run.OutputBytes,
            Stdout = run.Stdout,
            Stderr = run.Stderr,
            TraceLeaves = run.Trace.Leaves,
        });
        Assert.Null(report.FirstFailure);
        Assert.Equal(
            ["module", "input", "output", "gas", "limits", "trace"],
            report.Checks.Select(check => check.Name).SkipWhile(check => check != "module"));
        Assert.Equal(run.Trace.Root, run.Trace.ToKept().Root());
    }

    [Fact]
    public async Task Execute_RequestThatContradictsItsHash_IsRefused()
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, Module);
        ExecutionRequest[] requests =
        [
            Request(ContentHash.Sha3) with { ModuleDigest = null },
            Request(ContentHash.Sha256) with { ModuleDigest = ContentHash.Sha3.Of(Module) },
            Request(ContentHash.Sha3) with { Hash = ContentHash.Sha256, ModuleDigest = null },
            Request(ContentHash.Sha256) with { Hash = ContentHash.Sha3, ModuleDigest = ContentHash.Sha3.Of(Module) },
        ];

        foreach (var request in requests)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.OnGuestThreadAsync(() => fixture.Sandbox.Execute(lease, request, default)));
        }
    }

    private static ExecutionRequest Request(ContentHash hash)
    {
        var request = SandboxFixture.Request(Module, "_start", SandboxFixture.Command("one"), Stdin, bundle: Bundle);
        return request with
        {
            Hash = hash,
            ModuleDigest = hash.Of(Module),
            Invocation = request.Invocation with { Stdin = Blob.Of(Stdin, hash), Bundle = Bundle.DigestUnder(hash) },
        };
    }

    private async Task<ExecutionResult.Conclusive> RunAsync(ContentHash hash)
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, Module);
        return Assert.IsType<ExecutionResult.Conclusive>(await fixture.OnGuestThreadAsync(() => fixture.Sandbox.Execute(lease, Request(hash), default)));
    }

    private static List<TraceItem.HostCall> Calls(ExecutionResult.Conclusive run) =>
        [.. run.Trace.Leaves.SelectMany(leaf => TraceLeaf.TryDecode(leaf, out _)!).OfType<TraceItem.HostCall>()];

    private static Digest[] Digests(ExecutionResult.Conclusive run)
    {
        var payload = run.ToPayload(default, default);
        return [payload.Profile, payload.Module, payload.Input, payload.Output, payload.TraceRoot, payload.ExecutionHash, .. run.Trace.LeafHashes];
    }
}
