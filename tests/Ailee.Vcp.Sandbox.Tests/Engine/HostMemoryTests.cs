using System.Diagnostics;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

/// <summary>What a guest gets must not depend on what this host has: a host short of memory ends the run, and nothing else.</summary>
public sealed class HostMemoryTests(SandboxFixture fixture)
{
    private const string Hunger = "hunger.wat";

    // More than the headroom, less than what any of the guests is allowed to take.
    private const string Spare = "128";

    private static readonly (string Module, string Export) Small = (Hunger, "small");

    [Theory]
    [InlineData(Hunger, "grow")]
    [InlineData(Hunger, "nibble")]
    [InlineData(Hunger, "hide")]
    [InlineData(Hunger, "insist")]
    [InlineData(Hunger, "table")]
    [InlineData("hunger-at-start.wat", "large")]
    [InlineData("hunger-for-table.wat", "long")]
    public async Task Execute_HostShortOfMemory_IsEngineFaultAndTheProcessRunsOn(string module, string export)
    {
        var lines = await StarvedHost.RunAsync(Spare, Small, (module, export), Small, (module, export), Small);

        Assert.Equal(["small: Completed(7), 1 pages", $"{export}: engine-fault", "small: Completed(7), 1 pages", $"{export}: engine-fault", "small: Completed(7), 1 pages"], lines);
    }

    [Theory]
    [InlineData("56")]
    [InlineData("32")]
    public async Task Execute_HostWithoutHeadroom_IsEngineFaultFromTheStart(string spare)
    {
        var lines = await StarvedHost.RunAsync(spare, Small, (Hunger, "nibble"), Small);

        Assert.Equal(["small: engine-fault", "nibble: engine-fault", "small: engine-fault"], lines);
    }

    [Fact]
    public async Task Execute_HostWithMemory_RefusesAtExactlyTheLimit()
    {
        var lines = await StarvedHost.RunAsync(
            "plenty",
            (Hunger, "grow"), (Hunger, "nibble"), (Hunger, "hide"), (Hunger, "insist"), (Hunger, "table"), ("hunger-at-start.wat", "large"), ("hunger-for-table.wat", "long"));

        Assert.Equal(
            [
                "grow: Completed(255), 4081 pages",
                "nibble: Completed(4096), 4096 pages",
                "hide: Trapped(), 4001 pages",
                "insist: OutOfFuel(), 4001 pages",
                "table: Completed(19), 1 pages",
                "large: Completed(3072), 3072 pages",
                "long: Completed(19000000), 0 pages",
            ],
            lines);
    }

    [Fact]
    public async Task Execute_ManyRuns_GiveTheirAddressSpaceBack()
    {
        const int Runs = 1000;
        const long ReservedBytes = 4L << 30;
        var before = AddressSpaceBytes();

        for (var i = 0; i < Runs; i++)
        {
            await fixture.ConcludeAsync("""(module (memory 1) (func (export "run") (drop (memory.grow (i32.const 1)))))""");
        }

        Assert.InRange(AddressSpaceBytes() - before, long.MinValue, Runs * ReservedBytes / 4);
    }

    [Fact]
    public async Task Execute_MemoryAfterAnotherRun_IsZero()
    {
        const string Wat =
            """
            (module
              (memory 1)
              (func (export "run") (result i32) (local $seen i32)
                (drop (memory.grow (i32.const 1)))
                (local.set $seen (i32.or (i32.load (i32.const 8)) (i32.load (i32.const 131068))))
                (i32.store (i32.const 8) (i32.const -1))
                (i32.store (i32.const 131068) (i32.const -1))
                (local.get $seen)))
            """;

        for (var i = 0; i < 4; i++)
        {
            var result = await fixture.ConcludeAsync(Wat);

            Assert.Equal([SandboxFixture.I32(0)], result.Output.Results);
        }
    }

    [Theory]
    [InlineData(65536, "")]
    [InlineData(-1, "")]
    [InlineData(-1, "offset=33554427")]
    [InlineData(-1, "offset=33554432")]
    [InlineData(-1, "offset=4294967295")]
    [InlineData(65533, "")]
    public async Task Execute_AccessAnywhereBehindTheMemory_Traps(int address, string offset)
    {
        // The address comes at run time, so that the check which compiled code leaves out is the one that is tested.
        var result = await fixture.ConcludeAsync(
            $"""(module (memory 1) (func (export "run") (param i32) (result i32) (i32.load {offset} (local.get 0))))""",
            invocation: SandboxFixture.Function(SandboxFixture.I32(address)));

        Assert.Equal((Outcome.Trapped, "memory-out-of-bounds"), (result.Outcome, result.Output.Trap));
    }

    private static long AddressSpaceBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.VirtualMemorySize64;
    }
}
