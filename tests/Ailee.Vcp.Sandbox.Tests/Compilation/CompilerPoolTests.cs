using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ailee.Vcp.Sandbox.Compilation;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Tests.Modules;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Sandbox.Tests.Compilation;

/// <summary>Real compiler processes. Each test ends only its own, by id.</summary>
public sealed class CompilerPoolTests : IDisposable
{
    private const long LittleMemory = 256L * 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly List<CompilerPool> _pools = [];

    [Fact]
    public async Task Ask_OneModuleAfterTheOther_OneProcess()
    {
        var pool = Pool();

        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        await AskAsync(pool, ModuleCacheTests.Numbered(2));
        await Assert.ThrowsAsync<ModuleException>(() => AskAsync(pool, "\0asm"u8.ToArray()));
        await AskAsync(pool, ModuleCacheTests.Numbered(3));

        Assert.Equal(1, pool.Started);
    }

    [Fact]
    public async Task Ask_AtOnce_NoMoreProcessesThanAllowed()
    {
        var pool = Pool(new SandboxOptions { MaxConcurrentCompilations = 2 });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AskAsync(pool, ModuleCacheTests.Numbered(i))));

        Assert.InRange(pool.Started, 1, 2);
    }

    [Fact]
    public async Task Ask_ProcessKilledWhileItWorks_AFreshOneDoesIt()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        var used = Assert.Single(pool.IdleProcesses);
        await SignalAsync(used, "STOP");

        var asked = AskAsync(pool, ModuleCacheTests.Numbered(2));
        await SignalAsync(used, "KILL");

        Assert.Equal("f2", Assert.Single((await asked).Exports).Name);
        Assert.Equal(2, pool.Started);
        Assert.NotEqual(used, Assert.Single(pool.IdleProcesses));
    }

    [Fact]
    public async Task Ask_SignalsToTheGroup_DoNotEndIt()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        var process = Assert.Single(pool.IdleProcesses);

        await SignalAsync(process, "INT");
        await SignalAsync(process, "TERM");
        await AskAsync(pool, ModuleCacheTests.Numbered(2));

        Assert.Equal(1, pool.Started);
    }

    [Fact]
    public async Task Ask_MoreMemoryThanAllowed_CompileLimitAndTheNextWorks()
    {
        var pool = Pool(new SandboxOptions { CompileMemoryBytes = LittleMemory }, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<ModuleException>(() => AskAsync(pool, Bombs.NestedLoops(5000)));

        Assert.Equal(ModuleException.CompileLimit, exception.Code);
        Assert.Contains($"{LittleMemory} bytes", exception.Message, StringComparison.Ordinal);
        // A fresh process has said so: no second one is asked.
        Assert.Equal(1, pool.Started);
        Assert.Empty(pool.IdleProcesses);
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
    }

    [Fact]
    public async Task Ask_MoreMemoryThanAllowedInAUsedProcess_IsTriedInAFreshOne()
    {
        var pool = Pool(new SandboxOptions { CompileMemoryBytes = LittleMemory }, TimeProvider.System);
        await AskAsync(pool, ModuleCacheTests.Numbered(1));

        await Assert.ThrowsAsync<ModuleException>(() => AskAsync(pool, Bombs.NestedLoops(5000)));

        Assert.Equal(2, pool.Started);
    }

    [Fact]
    public async Task Ask_MoreTimeThanAllowed_CompileLimitAndTheProcessEnds()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        using var process = Process.GetProcessById(Assert.Single(pool.IdleProcesses));

        var asked = AskAsync(pool, Bombs.NestedLoops(1000));
        while (!asked.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<ModuleException>(() => asked);
        Assert.Equal(ModuleException.CompileLimit, exception.Code);
        Assert.Contains("60000 ms", exception.Message, StringComparison.Ordinal);
        await process.WaitForExitAsync();
        Assert.Equal(1, pool.Started);
    }

    [Fact]
    public async Task Ask_Cancelled_TheProcessEndsAndTheNextWorks()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        using var process = Process.GetProcessById(Assert.Single(pool.IdleProcesses));
        using var cancellation = new CancellationTokenSource();

        var asked = pool.AskAsync(CompilerWork.Compile, Bombs.NestedLoops(1000), cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await process.WaitForExitAsync();
        await AskAsync(pool, ModuleCacheTests.Numbered(2));
    }

    [Fact]
    public async Task Idle_ForAWhile_TheProcessEnds()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        using var process = Process.GetProcessById(Assert.Single(pool.IdleProcesses));

        _time.Advance(CompilerPool.IdleTime - TimeSpan.FromSeconds(1));
        Assert.Single(pool.IdleProcesses);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(pool.IdleProcesses);
        await process.WaitForExitAsync();
        await AskAsync(pool, ModuleCacheTests.Numbered(2));
        Assert.Equal(2, pool.Started);
    }

    [Fact]
    public async Task Dispose_WithAnIdleProcess_EndsIt()
    {
        var pool = Pool();
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
        using var process = Process.GetProcessById(Assert.Single(pool.IdleProcesses));

        pool.Dispose();

        await process.WaitForExitAsync();
    }

    [Theory]
    [InlineData("(module (func ", "(block ")]
    [InlineData("(module ", "(")]
    [InlineData("(module (func (drop ", "(i32.add (i32.const 1) ")]
    [InlineData("(module ", "(func) ")]
    public async Task ConvertText_Bomb_RefusedOrAModuleAndTheNextWorks(string begin, string repeated)
    {
        var pool = Pool(new SandboxOptions { CompileMemoryBytes = LittleMemory }, TimeProvider.System);
        var text = new StringBuilder(begin);
        while (text.Length < 1024 * 1024)
        {
            text.Append(repeated);
        }

        var exception = await Assert.ThrowsAsync<ModuleException>(() => pool.AskAsync(CompilerWork.ConvertText, Encoding.UTF8.GetBytes(text.ToString()), CancellationToken.None));

        Assert.Contains(exception.Code, new[] { ModuleException.Invalid, ModuleException.CompileLimit });
        await AskAsync(pool, ModuleCacheTests.Numbered(1));
    }

    [Fact]
    public async Task ConvertText_NotUtf8_Invalid()
    {
        var exception = await Assert.ThrowsAsync<ModuleException>(() => Pool().AskAsync(CompilerWork.ConvertText, new byte[] { 0xff }, CancellationToken.None));

        Assert.Equal(ModuleException.Invalid, exception.Code);
    }

    public void Dispose() => _pools.ForEach(pool => pool.Dispose());

    private static async Task<ModuleDescription> AskAsync(CompilerPool pool, byte[] module) =>
        new ModuleArtifact(await pool.AskAsync(CompilerWork.Compile, module, CancellationToken.None)).ReadDescription()!;

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private CompilerPool Pool(SandboxOptions? options = null, TimeProvider? time = null)
    {
        var pool = new CompilerPool(options ?? new SandboxOptions(), time ?? _time);
        _pools.Add(pool);
        return pool;
    }
}
