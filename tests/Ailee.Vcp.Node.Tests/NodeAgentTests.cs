using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Tests;

public sealed class NodeAgentTests : NodeAgentTest
{
    [Fact]
    public async Task Run_Lease_ReportsAStatementThatVerifies()
    {
        Start();
        var lease = Gateway.Offer(FakeGateway.Add, 2, 40);
        Gateway.Send(lease);

        var report = await Gateway.ReportedAsync();

        Assert.Equal((lease.Lease, null), (report.Lease, report.Inconclusive));
        var evidence = new Evidence
        {
            Key = Key.PublicKey,
            Module = Gateway.Modules[Digest.Parse(lease.Module)],
            Invocation = lease.Invocation,
            Output = report.Output,
            Stdout = report.Stdout,
            Stderr = report.Stderr,
            TraceLeaves = report.TraceLeaves,
            TraceHashes = [.. report.TraceHashes.ToArray().Chunk(Digest.SizeBytes).Select(hash => new Digest(hash))],
        };
        var verification = StatementVerifier.Verify(report.Statement!.Value, evidence);
        Assert.True(verification.Valid);
        var statement = verification.Statement!;
        Assert.Equal((lease.Task, Now.ToUnixTimeSeconds(), 1ul), (statement.Payload.Task.ToString(), statement.Header.IssuedAtSeconds, statement.Header.Counter));
        Assert.Equal(lease.Nonce.ToArray(), statement.Payload.Nonce.ToArray());
        Assert.Equal([new ScalarValue(ScalarType.I32, 42)], OutputRecord.TryDecode(report.Output, out _)!.Results);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(LeasesPerSlot - 1)]
    [InlineData(LeasesPerSlot)]
    [InlineData((3 * LeasesPerSlot) + 1)]
    public async Task Run_ManyLeases_ReportsEachOnceWithACounterOfItsOwn(int count)
    {
        var leases = Enumerable.Range(0, count).Select(number => Gateway.Offer(FakeGateway.Add, number, 1)).ToArray();
        Gateway.Send(leases);
        Start();

        var reports = await Gateway.ReportedAsync(count);

        Assert.Equal(leases.Select(lease => lease.Lease).Order(), reports.Select(report => report.Lease).Order());
        Assert.Equal(count, reports.Select(report => SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter).Distinct().Count());
        Assert.All(Gateway.Asked, most => Assert.InRange(most, 1, LeasesPerSlot));
        // It still works after as many leases as it could take at once.
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 1, 1));
        await Gateway.ReportedAsync();
    }

    [Fact]
    public async Task Run_LeasesUnderSha3_ReportStatementsUnderItAndFetchTheModuleOnceMore()
    {
        Start();
        LeaseOffer[] leases = [.. Enumerable.Range(0, 3).Select(_ => Gateway.OfferWithBundle(ContentHash.Sha3, FakeGateway.Add, 2, 40))];
        foreach (var lease in leases)
        {
            Gateway.Send(lease);
            var report = await Gateway.ReportedAsync();

            Assert.Null(report.Inconclusive);
            var evidence = new Evidence
            {
                Key = Key.PublicKey,
                Module = Gateway.Modules[Digest.Parse(lease.Module)],
                Invocation = lease.Invocation,
                Stdin = lease.Stdin,
                Output = report.Output,
                TraceLeaves = report.TraceLeaves,
            };
            var verified = StatementVerifier.Verify(report.Statement!.Value, evidence);
            Assert.Null(verified.FirstFailure);
            Assert.Equal(ContentHash.Sha3, verified.Statement!.Payload.Hash);
        }

        // Once to compile it, once for its digest.
        Assert.Equal(2, Gateway.Fetched.Count);
    }

    [Theory]
    [InlineData("sha3-512", true)]
    [InlineData("sha-256", true)]
    [InlineData("sha3-256", false)]
    public async Task Run_LeaseThatContradictsItsInvocation_IsAnEngineFault(string hash, bool hasBundle)
    {
        Start();
        var lease = Gateway.OfferWithBundle(ContentHash.Sha3, FakeGateway.Add, 2, 40);
        Gateway.Send(lease with { Hash = hash, Bundle = hasBundle ? lease.Bundle : null });

        Assert.Equal("engine-fault", (await Gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_ManyLeasesWithBundles_FetchesForTheSlotAndOneMore()
    {
        var crowd = new Crowd();
        Gateway.OnBundle = crowd.PassAsync;
        Gateway.Send([.. Enumerable.Range(0, 20).Select(number => Gateway.OfferWithBundle(FakeGateway.Add, number, 1))]);
        Start();

        var reports = await Gateway.ReportedAsync(20);

        Assert.All(reports, report => Assert.Null(report.Inconclusive));
        Assert.InRange(crowd.Most, 1, 2);
    }

    [Fact]
    public async Task Run_BundlesThatCannotBeFetched_GivePlacesBack()
    {
        var offers = Enumerable.Range(0, 5).Select(number => Gateway.OfferWithBundle(FakeGateway.Add, number, 1)).ToArray();
        Gateway.Bundles.Clear();
        Gateway.Send(offers);
        Start();
        Assert.All(await Gateway.ReportedAsync(5), report => Assert.Equal("engine-fault", report.Inconclusive));

        Gateway.Send(Gateway.OfferWithBundle(FakeGateway.Add, 1, 1));

        Assert.Null((await Gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_ResultsOverTheBound_StartsNoMoreUntilTheyAreReported()
    {
        var crowd = new Crowd();
        Gateway.OnReport = crowd.PassAsync;
        Gateway.Send([.. Enumerable.Range(0, 20).Select(number => Gateway.Offer(FakeGateway.Add, number, 1))]);
        Start(resultBytes: 0);

        var reports = await Gateway.ReportedAsync(20);

        Assert.All(reports, report => Assert.Null(report.Inconclusive));
        // Both places may have been taken while there was no result yet.
        Assert.InRange(crowd.Most, 1, 2);
    }

    [Fact]
    public async Task Run_InputsOverTheBound_LeasesForThePlacesOnly()
    {
        var (granted, reported, most) = (0, 0, 0);
        Gateway.MostAtOnce = 1;
        Gateway.OnTheWay = _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref granted) - Volatile.Read(ref reported));
            return Task.CompletedTask;
        };
        Gateway.OnReport = async () =>
        {
            await Crowd.LingerAsync();
            Interlocked.Increment(ref reported);
        };
        Gateway.Send([.. Enumerable.Range(0, 20).Select(number => Gateway.Offer(FakeGateway.Add, number, 1) with { Stdin = new byte[10] })]);
        Start(inputBytes: 0);

        await Gateway.ReportedAsync(20);

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Run_Repeated_ReportsOneStatement()
    {
        Start();
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 2, 40) with { Runs = 3 });

        var report = await Gateway.ReportedAsync();

        Assert.Null(report.Divergence);
        Assert.NotNull(report.Statement);
        Assert.False(Gateway.HasReport);
    }

    [Fact]
    public async Task Run_RepeatedPastTheWallTime_ReportsTimeoutWithoutStatement()
    {
        Start();
        Gateway.Send(Gateway.Offer(FakeGateway.Loop) with { TimeoutMs = 10, Runs = 3 });

        await AssertInconclusiveAsync("timeout");
    }

    [Fact]
    public async Task Run_PastTheWallTime_ReportsTimeoutWithoutStatement()
    {
        Start();
        Gateway.Send(Gateway.Offer(FakeGateway.Loop) with { TimeoutMs = 10 });

        await AssertInconclusiveAsync("timeout");
    }

    [Fact]
    public async Task Run_StackBomb_ReportsStackLimitWithoutStatement()
    {
        Start();
        Gateway.Send(Gateway.Offer(FakeGateway.StackBomb));

        await AssertInconclusiveAsync("stack-limit");
    }

    [Fact]
    public async Task Run_WhatCannotBeRun_ReportsEngineFaultWithoutStatement()
    {
        Start();
        var good = Gateway.Offer(FakeGateway.Add, 1, 2);

        Gateway.Send(good with { Lease = Guid.NewGuid(), Module = Digest.Of("unknown"u8).ToString() });
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Send(good with { Lease = Guid.NewGuid(), Module = "no digest" });
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Send(good with { Lease = Guid.NewGuid(), Invocation = new byte[] { 1 } });
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Send(good with { Lease = Guid.NewGuid(), Entrypoint = "missing" });
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Modules[Digest.Of("swapped"u8)] = Gateway.Modules[Digest.Parse(good.Module)];
        Gateway.Send(good with { Lease = Guid.NewGuid(), Module = Digest.Of("swapped"u8).ToString() });
        await AssertInconclusiveAsync("engine-fault");
        Gateway.Send(good);

        Assert.Equal(good.Lease, (await Gateway.ReportedAsync()).Lease);
    }

    [Fact]
    public async Task Run_LeaseThatComesTwice_IsRunOnce()
    {
        // Both are there when the agent asks, so they come in one answer.
        var lease = Gateway.Offer(FakeGateway.Add, 1, 2);
        Gateway.Send(lease, lease);
        Start();

        for (var i = 0; i < LeasesPerSlot; i++)
        {
            await Gateway.ReportedAsync();
            Gateway.Send(Gateway.Offer(FakeGateway.Add, i, 2));
        }

        Assert.NotEqual(lease.Lease, (await Gateway.ReportedAsync()).Lease);
    }

    [Fact]
    public async Task Run_Energy_IsReportedAsMeasured()
    {
        var measured = new Queue<double?>([1.5, null]);
        Start(energy: () => () => measured.Dequeue());
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 1, 2));
        var known = await Gateway.ReportedAsync();
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 1, 2));

        Assert.Equal((1.5, null), (known.EnergyJoules, (await Gateway.ReportedAsync()).EnergyJoules));
    }

    [Fact]
    public async Task Run_Refused_GoesOn()
    {
        Gateway.Receipt = new LeaseReceipt(false, "nonce-mismatch");
        Start();

        for (var i = 0; i < (2 * LeasesPerSlot) + 1; i++)
        {
            Gateway.Send(Gateway.Offer(FakeGateway.Add, i, 2));
            await Gateway.ReportedAsync();
        }
    }

    [Fact]
    public async Task Run_CounterThatCannotBeStored_KeepsTheResultUntilItCan()
    {
        var blocked = Files.File("node.counter.new");
        Start(logger: new FirstError(() => Directory.Delete(blocked)));
        Directory.CreateDirectory(blocked);
        Gateway.Send(Gateway.Offer(FakeGateway.Add, 2, 40));

        var report = await AdvanceUntilAsync(Gateway.ReportedAsync());

        Assert.Null(report.Inconclusive);
        Assert.Equal(1ul, SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter);
    }

    /// <summary>Does something when the first error is logged.</summary>
    private sealed class FirstError(Action react) : ILogger<NodeAgent>
    {
        private int _errors;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && Interlocked.Increment(ref _errors) == 1)
            {
                react();
            }
        }
    }
}
