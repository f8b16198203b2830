using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

public sealed class ModuleShapeTests
{
    [Theory]
    [InlineData("(module)", "")]
    [InlineData("(module (table 5 funcref))", "funcref 5..")]
    [InlineData("(module (table 300 400 externref) (table 0 funcref) (table 70000 funcref))", "externref 300..400 funcref 0.. funcref 70000..")]
    public void Tables_Module_TypesAndSizes(string wat, string expected)
    {
        var module = SandboxFixture.Wat(wat);

        var tables = ModuleShape.Tables(module, ModuleSection.ReadAll(module));

        Assert.Equal(expected, string.Join(' ', tables.Select(table => $"{table.ElementType} {table.Minimum}..{table.Maximum}")));
    }

    [Fact]
    public void Tables_LongFormOfAType_IsRead()
    {
        // (ref null func), which every tool shortens to funcref.
        byte[] module = [.. SandboxFixture.Wat("(module)"), 4, 5, 1, 0x63, 0x70, 0, 9];
        using var engine = new global::Wasmtime.Engine();

        Assert.Null(Module.Validate(engine, module));
        Assert.Equal([new ModuleTable("funcref", 9, null)], ModuleShape.Tables(module, ModuleSection.ReadAll(module)));
    }

    [Theory]
    [InlineData("(module)", "")]
    [InlineData("(module (memory 3))", "3..")]
    [InlineData("(module (memory 0 65536))", "0..65536")]
    public void Memories_Module_Pages(string wat, string expected)
    {
        var module = SandboxFixture.Wat(wat);

        var memories = ModuleShape.Memories(module, ModuleSection.ReadAll(module));

        Assert.Equal(expected, string.Join(' ', memories.Select(memory => $"{memory.MinimumPages}..{memory.MaximumPages}")));
    }

    [Fact]
    public void Functions_Module_WithoutTheImportedOnes()
    {
        var module = SandboxFixture.Wat("""(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))) (func) (func))""");

        Assert.Equal(2, ModuleShape.Functions(module, ModuleSection.ReadAll(module)));
    }

    [Fact]
    public void CustomSections_Module_InOrderWithTheirSizes()
    {
        var module = SandboxFixture.Wat("""(module (@custom "first" (before first) "abc") (memory 1) (@custom "" (after last) ""))""");

        Assert.Equal([new ModuleCustomSection("first", 3), new ModuleCustomSection("", 0)], ModuleShape.CustomSections(module, ModuleSection.ReadAll(module)));
    }
}
