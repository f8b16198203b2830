using System.Globalization;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Tests;

public sealed class SandboxOptionsTests
{
    public static TheoryData<string, long, long> Ranges => new()
    {
        { nameof(SandboxOptions.Slots), 0, 256 },
        { nameof(SandboxOptions.MemoryBytes), 65_536, 4_294_967_296 },
        { nameof(SandboxOptions.TimeoutMs), 1, 3_600_000 },
        { nameof(SandboxOptions.Instructions), 1, 1_000_000_000_000_000 },
        { nameof(SandboxOptions.ModuleBytes), 8, 268_435_456 },
        { nameof(SandboxOptions.InputBytes), 0, 268_435_456 },
        { nameof(SandboxOptions.StdoutBytes), 0, 268_435_456 },
        { nameof(SandboxOptions.StderrBytes), 0, 268_435_456 },
        { nameof(SandboxOptions.TableElements), 0, 10_000_000 },
        { nameof(SandboxOptions.ScratchBytes), 0, 1_073_741_824 },
        { nameof(SandboxOptions.ScratchEntries), 0, 1_000_000 },
        { nameof(SandboxOptions.Descriptors), 16, 65_536 },
        { nameof(SandboxOptions.CacheMemoryBytes), 0, 68_719_476_736 },
        { nameof(SandboxOptions.CacheDiskBytes), 0, 1_099_511_627_776 },
        { nameof(SandboxOptions.MaxConcurrentCompilations), 1, 64 },
        { nameof(SandboxOptions.CompileTimeoutMs), 1, 3_600_000 },
        { nameof(SandboxOptions.CompileMemoryBytes), 268_435_456, 68_719_476_736 },
    };

    [Fact]
    public void Problems_Defaults_None()
    {
        Assert.Empty(new SandboxOptions().Problems());
    }

    [Fact]
    public void Problems_EverySetting_HasARange()
    {
        var settings = typeof(SandboxOptions).GetProperties().Where(property => property.CanWrite && property.PropertyType != typeof(string)).Select(property => property.Name);

        Assert.Equal(settings.Order(), Ranges.Select(row => row.Data.Item1).Order());
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Problems_AtAndBeyondTheRange_NamesTheKey(string name, long minimum, long maximum)
    {
        Assert.Empty(With(name, minimum).Problems());
        Assert.Empty(With(name, maximum).Problems());
        Assert.Equal($"Sandbox:{name} must be between {minimum} and {maximum}.", Assert.Single(With(name, minimum - 1).Problems()));
        Assert.Equal($"Sandbox:{name} must be between {minimum} and {maximum}.", Assert.Single(With(name, maximum + 1).Problems()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("SHA-256")]
    [InlineData("sha3-512")]
    [InlineData(null)]
    public void Problems_NoHash_NamesTheKey(string? name) =>
        Assert.Equal("Sandbox:Hash must be sha-256 or sha3-256.", Assert.Single(new SandboxOptions { Hash = name! }.Problems()));

    [Fact]
    public void Problems_HashThatTheMachineLacks_SaysSo()
    {
        Assert.Null(SandboxOptions.ProblemOf(ContentHash.Sha3, isSupported: true));
        Assert.Equal("Sandbox:Hash is sha3-256. This machine cannot compute sha3-256: its cryptographic library does not have it.", SandboxOptions.ProblemOf(ContentHash.Sha3, isSupported: false));
        Assert.Equal(ContentHash.Sha3, new SandboxOptions { Hash = "sha3-256" }.ContentHash);
        Assert.Empty(new SandboxOptions { Hash = "sha3-256" }.Problems());
    }

    [Fact]
    public void Problems_Several_AllAreNamed()
    {
        var options = new SandboxOptions { Slots = -1, TimeoutMs = 0, ModuleBytes = 7 };

        Assert.Equal(3, options.Problems().Count());
    }

    [Fact]
    public void EffectiveSlots_Zero_IsOneForEachCore()
    {
        Assert.Equal(Environment.ProcessorCount, new SandboxOptions().EffectiveSlots);
        Assert.Equal(3, new SandboxOptions { Slots = 3 }.EffectiveSlots);
    }

    private static SandboxOptions With(string name, long value)
    {
        var options = new SandboxOptions();
        var property = typeof(SandboxOptions).GetProperty(name)!;
        property.SetValue(options, Convert.ChangeType(value, property.PropertyType, CultureInfo.InvariantCulture));
        return options;
    }
}
