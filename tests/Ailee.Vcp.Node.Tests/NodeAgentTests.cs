using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Node.Tests;

public sealed class NodeAgentTests : IAsyncLifetime
{
    private const int LeasesPerSlot = 32;
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly FakeGateway _gateway = new();
    private readonly FakeTimeProvider _time = new(Now);
    private readonly CancellationTokenSource _stop = new();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly GuestThreads _threads = new(1);
    private readonly WasmSandbox _sandbox = new(new SandboxOptions());
    private Task _agent = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Run_Lease_ReportsAStatementThatVerifies()
    {
        Start();
        var lease = _gateway.Offer(FakeGateway.Add, 2, 40);
        _gateway.Send(lease);

        var report = await _gateway.ReportedAsync();

        Assert.Equal((lease.Lease, null), (report.Lease, report.Inconclusive));
        var evidence = new Evidence
        {
            Key = _key.PublicKey,
            Module = _gateway.Modules[Digest.Parse(lease.Module)],
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
        var leases = Enumerable.Range(0, count).Select(number => _gateway.Offer(FakeGateway.Add, number, 1)).ToArray();
        _gateway.Send(leases);
        Start();

        var reports = await _gateway.ReportedAsync(count);

        Assert.Equal(leases.Select(lease => lease.Lease).Order(), reports.Select(report => report.Lease).Order());
        Assert.Equal(count, reports.Select(report => SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter).Distinct().Count());
        Assert.All(_gateway.Asked, most => Assert.InRange(most, 1, LeasesPerSlot));
        // It still works after as many leases as it could take at once.
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 1, 1));
        await _gateway.ReportedAsync();
    }

    [Fact]
    public async Task Run_LeasesUnderSha3_ReportStatementsUnderItAndFetchTheModuleOnceMore()
    {
        Start();
        LeaseOffer[] leases = [.. Enumerable.Range(0, 3).Select(_ => _gateway.OfferWithBundle(ContentHash.Sha3, FakeGateway.Add, 2, 40))];
        foreach (var lease in leases)
        {
            _gateway.Send(lease);
            var report = await _gateway.ReportedAsync();

            Assert.Null(report.Inconclusive);
            var evidence = new Evidence
            {
                Key = _key.PublicKey,
                Module = _gateway.Modules[Digest.Parse(lease.Module)],
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
        Assert.Equal(2, _gateway.Fetched.Count);
    }

    [Theory]
    [InlineData("sha3-512", true)]
    [InlineData("sha-256", true)]
    [InlineData("sha3-256", false)]
    public async Task Run_LeaseThatContradictsItsInvocation_IsAnEngineFault(string hash, bool hasBundle)
    {
        Start();
        var lease = _gateway.OfferWithBundle(ContentHash.Sha3, FakeGateway.Add, 2, 40);
        _gateway.Send(lease with { Hash = hash, Bundle = hasBundle ? lease.Bundle : null });

        Assert.Equal("engine-fault", (await _gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_ManyLeasesWithBundles_FetchesForTheSlotAndOneMore()
    {
        var crowd = new Crowd();
        _gateway.OnBundle = crowd.PassAsync;
        _gateway.Send([.. Enumerable.Range(0, 20).Select(number => _gateway.OfferWithBundle(FakeGateway.Add, number, 1))]);
        Start();

        var reports = await _gateway.ReportedAsync(20);

        Assert.All(reports, report => Assert.Null(report.Inconclusive));
        Assert.InRange(crowd.Most, 1, 2);
    }

    [Fact]
    public async Task Run_BundlesThatCannotBeFetched_GivePlacesBack()
    {
        var offers = Enumerable.Range(0, 5).Select(number => _gateway.OfferWithBundle(FakeGateway.Add, number, 1)).ToArray();
        _gateway.Bundles.Clear();
        _gateway.Send(offers);
        Start();
        Assert.All(await _gateway.ReportedAsync(5), report => Assert.Equal("engine-fault", report.Inconclusive));

        _gateway.Send(_gateway.OfferWithBundle(FakeGateway.Add, 1, 1));

        Assert.Null((await _gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_ResultsOverTheBound_StartsNoMoreUntilTheyAreReported()
    {
        var crowd = new Crowd();
        _gateway.OnReport = crowd.PassAsync;
        _gateway.Send([.. Enumerable.Range(0, 20).Select(number => _gateway.Offer(FakeGateway.Add, number, 1))]);
        Start(resultBytes: 0);

        var reports = await _gateway.ReportedAsync(20);

        Assert.All(reports, report => Assert.Null(report.Inconclusive));
        // Both places may have been taken while there was no result yet.
        Assert.InRange(crowd.Most, 1, 2);
    }

    [Fact]
    public async Task Run_InputsOverTheBound_LeasesForThePlacesOnly()
    {
        var (granted, reported, most) = (0, 0, 0);
        _gateway.MostAtOnce = 1;
        _gateway.OnTheWay = _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref granted) - Volatile.Read(ref reported));
            return Task.CompletedTask;
        };
        _gateway.OnReport = async () =>
        {
            await Crowd.LingerAsync();
            Interlocked.Increment(ref reported);
        };
        _gateway.Send([.. Enumerable.Range(0, 20).Select(number => _gateway.Offer(FakeGateway.Add, number, 1) with { Stdin = new byte[10] })]);
        Start(inputBytes: 0);

        await _gateway.ReportedAsync(20);

        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task Run_Repeated_ReportsOneStatement()
    {
        Start();
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 2, 40) with { Runs = 3 });

        var report = await _gateway.ReportedAsync();

        Assert.Null(report.Divergence);
        Assert.NotNull(report.Statement);
        Assert.False(_gateway.HasReport);
    }

    [Fact]
    public async Task Run_RepeatedPastTheWallTime_ReportsTimeoutWithoutStatement()
    {
        Start();
        _gateway.Send(_gateway.Offer(FakeGateway.Loop) with { TimeoutMs = 10, Runs = 3 });

        await AssertInconclusiveAsync("timeout");
    }

    [Fact]
    public async Task Run_PastTheWallTime_ReportsTimeoutWithoutStatement()
    {
        Start();
        _gateway.Send(_gateway.Offer(FakeGateway.Loop) with { TimeoutMs = 10 });

        await AssertInconclusiveAsync("timeout");
    }

    [Fact]
    public async Task Run_StackBomb_ReportsStackLimitWithoutStatement()
    {
        Start();
        _gateway.Send(_gateway.Offer(FakeGateway.StackBomb));

        await AssertInconclusiveAsync("stack-limit");
    }

    [Fact]
    public async Task Run_WhatCannotBeRun_ReportsEngineFaultWithoutStatement()
    {
        Start();
        var good = _gateway.Offer(FakeGateway.Add, 1, 2);

        _gateway.Send(good with { Lease = Guid.NewGuid(), Module = Digest.Of("unknown"u8).ToString() });
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Send(good with { Lease = Guid.NewGuid(), Module = "no digest" });
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Send(good with { Lease = Guid.NewGuid(), Invocation = new byte[] { 1 } });
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Send(good with { Lease = Guid.NewGuid(), Entrypoint = "missing" });
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Modules[Digest.Of("swapped"u8)] = _gateway.Modules[Digest.Parse(good.Module)];
        _gateway.Send(good with { Lease = Guid.NewGuid(), Module = Digest.Of("swapped"u8).ToString() });
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Send(good);

        Assert.Equal(good.Lease, (await _gateway.ReportedAsync()).Lease);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Revoke_Running_EndsWithoutAReportAndFreesTheSlot(int runs)
    {
        Start();
        var loop = _gateway.Offer(FakeGateway.Loop) with { Runs = runs };
        _gateway.Send(loop);
        _gateway.Revoke(loop.Lease);
        var next = _gateway.Offer(FakeGateway.Add, 1, 2);
        _gateway.Send(next);

        Assert.Equal(next.Lease, (await _gateway.ReportedAsync()).Lease);
        Assert.False(_gateway.HasReport);
    }

    [Fact]
    public async Task Revoke_BeforeTheLeaseArrives_NeverRuns()
    {
        var loop = _gateway.Offer(FakeGateway.Loop);
        var arrived = false;
        _gateway.OnTheWay = async leases =>
        {
            if (leases.Any(lease => lease.Lease == loop.Lease))
            {
                // The second revocation is read only after the first was dealt with.
                _gateway.Revoke(loop.Lease);
                _gateway.Revoke();
                while (_gateway.PendingRevocations > 0)
                {
                    await Task.Yield();
                }

                arrived = true;
            }
        };
        Start();
        _gateway.Send(loop);
        var next = _gateway.Offer(FakeGateway.Add, 1, 2);
        _gateway.Send(next);

        Assert.Equal(next.Lease, (await _gateway.ReportedAsync()).Lease);
        await _stop.CancelAsync();
        await _agent;
        Assert.True(arrived);
        Assert.Equal([next.Module], _gateway.Fetched.Select(digest => digest.ToString()));
    }

    [Fact]
    public async Task Revoke_UnknownLease_Ignored()
    {
        Start();
        _gateway.Revoke(Guid.NewGuid(), Guid.NewGuid());
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 1, 2));

        Assert.Null((await _gateway.ReportedAsync()).Inconclusive);
    }

    [Fact]
    public async Task Run_GatewayAwayForLeases_AsksAgain()
    {
        _gateway.LeaseFailures = 3;
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 1, 2));
        Start();

        var report = await AdvanceUntilAsync(_gateway.ReportedAsync());

        Assert.Null(report.Inconclusive);
        Assert.True(_time.GetUtcNow() - Now >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Run_GatewayAwayForReports_HandsTheSameInAgain()
    {
        _gateway.ReportFailures = 3;
        var lease = _gateway.Offer(FakeGateway.Add, 1, 2);
        _gateway.Send(lease);
        Start();

        var report = await AdvanceUntilAsync(_gateway.ReportedAsync());

        Assert.Equal(lease.Lease, report.Lease);
        // Not run or signed anew: the first counter.
        Assert.Equal(1ul, SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter);
    }

    [Fact]
    public async Task Run_GatewayAwayForRevocations_StillHearsOfThem()
    {
        _gateway.RevocationFailures = 2;
        Start();
        var loop = _gateway.Offer(FakeGateway.Loop);
        _gateway.Send(loop);
        _gateway.Revoke(loop.Lease);
        var next = _gateway.Offer(FakeGateway.Add, 1, 2);
        _gateway.Send(next);

        Assert.Equal(next.Lease, (await AdvanceUntilAsync(_gateway.ReportedAsync())).Lease);
    }

    [Fact]
    public async Task Run_Heartbeats_SayWhatIsHeldAtEachInterval()
    {
        Start(telemetry: (running, errors) => new NodeTelemetry { Running = running, Errors = errors });
        var (broken, loop) = (_gateway.OfferWithBundle(FakeGateway.Add, 1, 1), _gateway.Offer(FakeGateway.Loop));
        _gateway.Bundles.Clear();
        _gateway.Send(broken);
        await AssertInconclusiveAsync("engine-fault");
        _gateway.Send(loop);

        var seen = await HeartbeatAsync(heartbeat => heartbeat.Telemetry is { Running: 1 });

        Assert.Equal([loop.Lease], seen.Leases);
        Assert.Equal(1, seen.Telemetry!.Errors);
        Assert.Equal(Now, _gateway.Heartbeats.First().SentAt);
        Assert.InRange(_gateway.Heartbeats.Count, 2, 1 + ((_time.GetUtcNow() - Now) / TimeSpan.FromSeconds(5)));
        _gateway.Revoke(loop.Lease);
        Assert.Equal(0, (await HeartbeatAsync(heartbeat => heartbeat.Leases.Count == 0)).Telemetry!.Running);
    }

    [Fact]
    public async Task Run_HeartbeatsAndProbesThatFail_AreFollowedByOthers()
    {
        _gateway.HeartbeatFailures = 2;
        var probe = _gateway.Probe = new Probe(Guid.NewGuid(), 0);
        Start();

        await HeartbeatAsync(_ => _gateway.Probes.Contains(probe));
        var count = _gateway.Heartbeats.Count;
        await HeartbeatAsync(_ => _gateway.Heartbeats.Count > count);

        Assert.True(count >= 3);
        Assert.Null(_gateway.Heartbeats.Last().Telemetry);
    }

    [Fact]
    public async Task Run_HeartbeatIntervalChanges_Follows()
    {
        Start();
        await HeartbeatAsync(_ => true);
        _gateway.HeartbeatInterval = TimeSpan.FromMinutes(1);

        await HeartbeatAsync(_ => _gateway.Heartbeats.Count == 4);

        // One may have been due at the old interval.
        Assert.True(_time.GetUtcNow() - Now >= TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Run_LeaseThatComesTwice_IsRunOnce()
    {
        // Both are there when the agent asks, so they come in one answer.
        var lease = _gateway.Offer(FakeGateway.Add, 1, 2);
        _gateway.Send(lease, lease);
        Start();

        for (var i = 0; i < LeasesPerSlot; i++)
        {
            await _gateway.ReportedAsync();
            _gateway.Send(_gateway.Offer(FakeGateway.Add, i, 2));
        }

        Assert.NotEqual(lease.Lease, (await _gateway.ReportedAsync()).Lease);
    }

    [Fact]
    public async Task Run_Energy_IsReportedAsMeasured()
    {
        var measured = new Queue<double?>([1.5, null]);
        Start(energy: () => () => measured.Dequeue());
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 1, 2));
        var known = await _gateway.ReportedAsync();
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 1, 2));

        Assert.Equal((1.5, null), (known.EnergyJoules, (await _gateway.ReportedAsync()).EnergyJoules));
    }

    [Fact]
    public async Task Run_Refused_GoesOn()
    {
        _gateway.Receipt = new LeaseReceipt(false, "nonce-mismatch");
        Start();

        for (var i = 0; i < (2 * LeasesPerSlot) + 1; i++)
        {
            _gateway.Send(_gateway.Offer(FakeGateway.Add, i, 2));
            await _gateway.ReportedAsync();
        }
    }

    [Fact]
    public async Task Run_CounterThatCannotBeStored_KeepsTheResultUntilItCan()
    {
        var blocked = _directory.File("node.counter.new");
        Start(logger: new FirstError(() => Directory.Delete(blocked)));
        Directory.CreateDirectory(blocked);
        _gateway.Send(_gateway.Offer(FakeGateway.Add, 2, 40));

        var report = await AdvanceUntilAsync(_gateway.ReportedAsync());

        Assert.Null(report.Inconclusive);
        Assert.Equal(1ul, SignedStatement.TryDecode(report.Statement!.Value, out _)!.Header.Counter);
    }

    [Fact]
    public async Task Stop_WhileAGuestRuns_WaitsForItAndGivesBackWhatIsUnfinished()
    {
        Start();
        var loops = Enumerable.Range(0, 3).Select(_ => _gateway.Offer(FakeGateway.Loop)).ToArray();
        var fetched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gateway.OnTheWay = _ =>
        {
            fetched.TrySetResult();
            return Task.CompletedTask;
        };
        _gateway.Send(loops);
        await fetched.Task;

        await _stop.CancelAsync();
        await _agent;

        Assert.False(_gateway.HasReport);
        Assert.Equal(loops.Select(loop => loop.Lease).Order(), _gateway.GivenBack.Order());
        // The guest's thread is free: it ended with the agent, not minutes later.
        Assert.Equal(7, await _threads.RunAsync(() => 7));
    }

    [Fact]
    public async Task Drain_WhileAGuestRuns_ItIsReportedAndWhatWaitsIsGivenBack()
    {
        using var drain = new CancellationTokenSource();
        using var release = new SemaphoreSlim(0);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(
            energy: () =>
            {
                running.TrySetResult();
                release.Wait();
                return () => null;
            },
            draining: drain.Token);
        var leases = Enumerable.Range(0, 3).Select(number => _gateway.Offer(FakeGateway.Add, number, 1)).ToArray();
        _gateway.Send(leases);
        await running.Task;

        await drain.CancelAsync();
        release.Release();
        await _agent;

        var done = await _gateway.ReportedAsync();
        Assert.NotNull(done.Statement);
        Assert.False(_gateway.HasReport);
        Assert.Equal(leases.Select(lease => lease.Lease).Except([done.Lease]).Order(), _gateway.GivenBack.Order());
    }

    [Fact]
    public async Task Stop_WhileTheGatewayIsAway_Ends()
    {
        (_gateway.LeaseFailures, _gateway.RevocationFailures) = (int.MaxValue, int.MaxValue);
        Start();

        await _stop.CancelAsync();

        await _agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _agent;
        _threads.Dispose();
        _sandbox.Dispose();
        _key.Dispose();
        _stop.Dispose();
        _directory.Dispose();
    }

    private async Task<HeartbeatRequest> HeartbeatAsync(Func<HeartbeatRequest, bool> condition)
    {
        while (true)
        {
            if (_gateway.Heartbeats.LastOrDefault() is { } heartbeat && condition(heartbeat))
            {
                return heartbeat;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
            await Crowd.LingerAsync();
        }
    }

    private void Start(long inputBytes = 1 << 20, long resultBytes = 1 << 20, Func<int, long, NodeTelemetry?>? telemetry = null, Func<Func<double?>>? energy = null, ILogger<NodeAgent>? logger = null, CancellationToken draining = default)
    {
        var counter = new StatementCounter(_directory.File("node.counter"));
        var agent = new NodeAgent(_gateway, _sandbox, new BundleCache(1 << 20), _threads, 1, _key, counter, _time, logger ?? NullLogger<NodeAgent>.Instance)
        {
            InputBytes = inputBytes,
            ResultBytes = resultBytes,
            Telemetry = telemetry,
            MeasureEnergy = energy,
        };
        _agent = Task.Run(() => agent.RunAsync(_stop.Token, draining), CancellationToken.None);
    }

    private async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await task;
    }

    private async Task AssertInconclusiveAsync(string reason)
    {
        var report = await _gateway.ReportedAsync();
        Assert.Equal((reason, null), (report.Inconclusive, report.Statement));
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
