using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class MemoryLimitTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(64, 63)]
    public async Task Execute_MemoryBomb_StopsGrowingAtTheLimitAndRunsOn(int pages, int grown)
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("memory-bomb.wat"), invocation: Limited(memory: pages * SandboxFixture.PageBytes));

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(grown)], result.Output.Results);
        Assert.Equal(pages, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_LimitInsideAPage_GivesWholePagesBelowIt()
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("memory-bomb.wat"), invocation: Limited(memory: (4 * SandboxFixture.PageBytes) - 1));

        Assert.Equal(3, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_GrowthBeyondTheLimitAtOnce_RefusedWhole()
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("memory-bomb.wat"), "too_much");

        Assert.Equal([SandboxFixture.I32(-1), SandboxFixture.I32(1)], result.Output.Results);
        Assert.Equal(1, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_GrowthBeforeATrap_IsInTheResult()
    {
        var result = await fixture.ConcludeAsync(SandboxFixture.Guest("memory-bomb.wat"), "then_trap");

        Assert.Equal(Outcome.Trapped, result.Outcome);
        Assert.Equal(10, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_MemoryPages_ArePartOfTheGas()
    {
        var small = await fixture.ConcludeAsync("""(module (memory 1) (func (export "run")))""");
        var large = await fixture.ConcludeAsync("""(module (memory 11) (func (export "run")))""");

        Assert.Equal(small.Instructions, large.Instructions);
        Assert.Equal(10 * GasSchedule.MemoryPage, large.Gas - small.Gas);
    }

    [Fact]
    public async Task Execute_NoMemory_ZeroPages()
    {
        var result = await fixture.ConcludeAsync("""(module (func (export "run")))""");

        Assert.Equal(0, result.MemoryPages);
    }

    [Theory]
    [InlineData(100, 99, 1)]
    [InlineData(100, 100, -1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, -1)]
    public async Task Execute_TableGrow_RefusedAboveTheLimit(int limit, int by, int expected)
    {
        var result = await fixture.ConcludeAsync(
            """(module (table 1 funcref) (func (export "run") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))""",
            invocation: Limited(table: limit) with { FunctionArguments = [SandboxFixture.I32(by)] });

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(expected)], result.Output.Results);
    }

    [Fact]
    public async Task Execute_TableLimit_HoldsForEachTable()
    {
        var result = await fixture.ConcludeAsync(
            """
            (module
              (table $a 0 funcref) (table $b 0 externref)
              (func (export "run") (result i32 i32 i32)
                (table.grow $a (ref.null func) (i32.const 100))
                (table.grow $b (ref.null extern) (i32.const 100))
                (table.grow $b (ref.null extern) (i32.const 1))))
            """,
            invocation: Limited(table: 100));

        Assert.Equal([SandboxFixture.I32(0), SandboxFixture.I32(0), SandboxFixture.I32(-1)], result.Output.Results);
    }

    private static Invocation Limited(long memory = 16 * 1024 * 1024, long table = 1000) =>
        SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { MemoryBytes = memory, TableElements = table } };
}
