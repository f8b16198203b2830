using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

public sealed class ModuleInspectorTests(SandboxFixture fixture)
{
    [Theory]
    [InlineData("""(module (func (export "_start")))""", ModuleDescription.Command)]
    [InlineData("""(module (func (export "_initialize")))""", ModuleDescription.Reactor)]
    [InlineData("""(module (func (export "_initialize")) (func (export "_start")))""", ModuleDescription.Command)]
    [InlineData("""(module (memory (export "_initialize") 1))""", ModuleDescription.Library)]
    [InlineData("""(module (func (export "run")))""", ModuleDescription.Library)]
    [InlineData("""(module (global (export "_start") i32 (i32.const 0)))""", ModuleDescription.Library)]
    [InlineData("(module)", ModuleDescription.Library)]
    public async Task Describe_Kind_FollowsTheStartExport(string wat, string kind)
    {
        Assert.Equal(kind, (await DescribeAsync(wat)).Kind);
    }

    [Fact]
    public async Task Describe_Exports_KindsAndSignaturesInOrder()
    {
        var description = await DescribeAsync(
            """
            (module
              (func $s) (start $s)
              (func (export "none"))
              (func (export "numbers") (param i32 i64) (result f32 f64) (f32.const 0) (f64.const 0))
              (func (export "vectors") (param v128 funcref) (result externref) (ref.null extern))
              (memory (export "memory") 2 5)
              (table (export "table") 1 funcref)
              (global (export "global") (mut i64) (i64.const 0)))
            """);

        Assert.Equal(
            [
                "none function () -> ()",
                "numbers function (i32, i64) -> (f32, f64)",
                "vectors function (v128, funcref) -> (externref)",
                "memory memory ",
                "table table ",
                "global global mut i64",
            ],
            description.Exports.Select(export => $"{export.Name} {export.Kind} {export.Signature}{export.Type}"));
        Assert.Equal(2, description.MinimumMemoryPages);
        Assert.Equal([new ModuleMemory(2, 5)], description.Memories);
        Assert.Equal([new ModuleTable("funcref", 1, null)], description.Tables);
        Assert.Equal(4, description.FunctionCount);
        Assert.True(description.HasStart);
    }

    [Fact]
    public async Task Describe_Imports_ModuleNameAndSignature()
    {
        var description = await DescribeAsync(
            """
            (module
              (import "wasi_snapshot_preview1" "fd_seek" (func (param i32 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))))
            """);

        Assert.Equal(
            ["wasi_snapshot_preview1 fd_seek function (i32, i64, i32, i32) -> (i32)", "wasi_snapshot_preview1 proc_exit function (i32) -> ()"],
            description.Imports.Select(import => $"{import.Module} {import.Name} {import.Kind} {import.Signature}"));
        Assert.Equal(0, description.MinimumMemoryPages);
    }

    [Fact]
    public void Matches_Signatures_OnlyIfBothListsAreEqual()
    {
        var signature = new FunctionSignature(["i32", "i64"], ["i32"]);

        Assert.True(signature.Matches(new FunctionSignature(["i32", "i64"], ["i32"])));
        Assert.False(signature.Matches(new FunctionSignature(["i64", "i32"], ["i32"])));
        Assert.False(signature.Matches(new FunctionSignature(["i32"], ["i32"])));
        Assert.False(signature.Matches(new FunctionSignature(["i32", "i64"], [])));
    }

    private async Task<ModuleDescription> DescribeAsync(string wat)
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, SandboxFixture.Wat(wat));
        return lease.Description;
    }
}
