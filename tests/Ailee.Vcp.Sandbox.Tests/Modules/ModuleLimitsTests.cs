using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Tests.Compilation;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

public sealed class ModuleLimitsTests(SandboxFixture fixture)
{
    private static readonly byte[] Header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

    [Theory]
    [InlineData(1, 10_000, "types")]
    [InlineData(2, 10_000, "imports")]
    [InlineData(3, 100_000, "functions")]
    [InlineData(6, 100_000, "globals")]
    [InlineData(7, 10_000, "exports")]
    [InlineData(9, 10_000, "element segments")]
    [InlineData(11, 100_000, "data segments")]
    public void Check_Count_AtTheLimitAndBeyond(byte section, int most, string what)
    {
        ModuleLimits.Check([.. Header, .. Bombs.Section(section, Bombs.Number(most))]);

        var exception = Assert.Throws<ModuleException>(() => ModuleLimits.Check([.. Header, .. Bombs.Section(section, Bombs.Number(most + 1))]));

        Assert.Equal(ModuleException.TooComplex, exception.Code);
        Assert.Equal($"The module has {most + 1} {what}; the limit is {most}.", exception.Message);
    }

    [Theory]
    [InlineData(2, 1024 * 1024, "bytes of imports")]
    [InlineData(7, 1024 * 1024, "bytes of exports")]
    [InlineData(11, 64 * 1024 * 1024, "bytes of data")]
    public void Check_Size_AtTheLimitAndBeyond(byte section, int most, string what)
    {
        ModuleLimits.Check([.. Header, section, .. Bombs.Number(most), .. new byte[most]]);

        var exception = Assert.Throws<ModuleException>(() => ModuleLimits.Check([.. Header, section, .. Bombs.Number(most + 1), .. new byte[most + 1]]));

        Assert.Equal($"The module has {most + 1} {what}; the limit is {most}.", exception.Message);
    }

    [Fact]
    public void Check_CustomSections_CountAndNamesAreBounded()
    {
        var named = Bombs.Section(0, [.. Bombs.Number(2000), .. new byte[2000]]);
        ModuleLimits.Check([.. Header, .. Repeat(Bombs.Section(0, 0), 1000)]);
        ModuleLimits.Check([.. Header, .. Repeat(named, 524)]);

        var tooMany = Assert.Throws<ModuleException>(() => ModuleLimits.Check([.. Header, .. Repeat(Bombs.Section(0, 0), 1001)]));
        var tooLong = Assert.Throws<ModuleException>(() => ModuleLimits.Check([.. Header, .. Repeat(named, 525)]));

        Assert.Equal("The module has 1001 custom sections; the limit is 1000.", tooMany.Message);
        Assert.Equal("The module has 1050000 bytes of custom sections' names; the limit is 1048576.", tooLong.Message);
    }

    [Fact]
    public async Task Prepare_ManyFunctions_RefusedBeforeTheyAreCompiled()
    {
        byte[] Module(int functions) =>
        [
            .. Header,
            .. Bombs.Section(1, 1, 0x60, 0, 0),
            .. Bombs.Section(3, [.. Bombs.Number(functions), .. new byte[functions]]),
            .. Bombs.Section(10, [.. Bombs.Number(functions), .. Repeat([2, 0, 0x0b], functions)]),
        ];

        using var few = await SandboxFixture.PrepareAsync(fixture.Sandbox, Module(300));
        var exception = await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, Module(100_001)));

        Assert.Equal(300, few.Description.FunctionCount);
        Assert.Equal(ModuleException.TooComplex, exception.Code);
    }

    private static byte[] Repeat(byte[] bytes, int times) => [.. Enumerable.Repeat(bytes, times).SelectMany(each => each)];
}
