using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

/// <summary>Bytes that are no module here are refused with a code and in words, and never with anything else.</summary>
public sealed class ModuleRefusalTests(SandboxFixture fixture)
{
    // Small, and with every section that the edit looks at.
    private const string Small = """
        (module
          (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
          (memory 1) (table 1 funcref) (global (mut i32) (i32.const 0))
          (func $start) (start $start)
          (func (export "run") (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 2)))
          (elem (i32.const 0) $start) (data "ab"))
        """;

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0x00, 0x61, 0x73, 0x6d })]
    [InlineData(new byte[] { 0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01, 0x01, 0x00 })]
    [InlineData(new byte[] { 0x00, 0x61, 0x73, 0x6d, 0x02, 0x00, 0x00, 0x00 })]
    [InlineData(new byte[] { 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0xff })]
    [InlineData(new byte[] { 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f })]
    [InlineData(new byte[] { 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x05, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    public async Task Prepare_NoModule_Invalid(byte[] bytes)
    {
        Assert.Equal(ModuleException.Invalid, (await RefusedAsync(bytes)).Code);
    }

    [Fact]
    public async Task Prepare_Component_SaysSo()
    {
        var exception = await RefusedAsync([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]);

        Assert.Equal("module-needs-components", exception.Code);
        Assert.Contains("component", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_CutAnywhere_RefusedOrAModule()
    {
        var module = SandboxFixture.Wat(Small);
        var accepted = new List<int>();
        for (var length = 0; length < module.Length; length++)
        {
            if (await CodeAsync(module[..length]) is { } code)
            {
                Assert.Equal(ModuleException.Invalid, code);
            }
            else
            {
                accepted.Add(length);
            }
        }

        // What is cut between sections, before any function is declared, is a smaller module.
        var boundaries = SectionEnds(module);
        Assert.All(accepted, length => Assert.Contains(length, boundaries));
        Assert.Contains(8, accepted);
    }

    [Fact]
    public async Task Prepare_AnyByteChanged_RefusedOrAModule()
    {
        var module = SandboxFixture.Wat(Small);
        for (var at = 0; at < module.Length; at++)
        {
            foreach (var change in new byte[] { 0x01, 0x08, 0x80, 0xff })
            {
                var changed = (byte[])module.Clone();
                changed[at] ^= change;

                // Anything but a ModuleException fails here.
                await CodeAsync(changed);
            }
        }
    }

    [Fact]
    public void Edit_CutOrChangedAnywhere_ThrowsNothingElse()
    {
        // The engine has validated what the edit sees, but the edit does not lean on that.
        var module = SandboxFixture.Wat(Small);
        for (var at = 0; at < module.Length; at++)
        {
            Edit(module[..at]);
            for (var change = 1; change < 256; change++)
            {
                var changed = (byte[])module.Clone();
                changed[at] ^= (byte)change;
                Edit(changed);
            }
        }
    }

    [Theory]
    [InlineData("""(module (import "env" "print" (func (param i32))))""", "'env' 'print' (function)")]
    [InlineData("""(module (import "wasi_snapshot_preview1" "thread_spawn" (func (param i32) (result i32))))""", "'wasi_snapshot_preview1' 'thread_spawn'")]
    [InlineData("""(module (import "wasi_unstable" "thread_spawn" (func (param i32) (result i32))))""", "'wasi_unstable' 'thread_spawn'")]
    [InlineData("""(module (import "wasi_snapshot_preview2" "fd_write" (func (param i32 i32 i32 i32) (result i32))))""", "'wasi_snapshot_preview2' 'fd_write'")]
    [InlineData("""(module (import "env" "memory" (memory 1)))""", "'env' 'memory' (memory)")]
    [InlineData("""(module (import "env" "table" (table 1 funcref)))""", "'env' 'table' (table)")]
    [InlineData("""(module (import "env" "global" (global i32)))""", "'env' 'global' (global)")]
    public async Task Prepare_UnknownImport_RefusedByName(string wat, string named)
    {
        var exception = await RefusedAsync(SandboxFixture.Wat(wat));

        Assert.Equal(ModuleException.UnknownImport, exception.Code);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(func (param i32 i32 i32) (result i32))")]
    [InlineData("(func (param i32 i32 i32 i32))")]
    [InlineData("(func (param i32 i32 i32 i64) (result i32))")]
    [InlineData("(memory 1)")]
    [InlineData("(table 1 funcref)")]
    [InlineData("(global i32)")]
    public async Task Prepare_ImportOfAnotherType_RefusedWithTheRightOne(string type)
    {
        var exception = await RefusedAsync(SandboxFixture.Wat($"""(module (import "wasi_snapshot_preview1" "fd_write" {type}))"""));

        Assert.Equal(ModuleException.ImportType, exception.Code);
        Assert.Contains("(i32, i32, i32, i32) -> (i32)", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""(module (func (export "vcp:start")))""")]
    [InlineData("""(module (memory (export "vcp:memory") 1))""")]
    [InlineData("""(module (global (export "vcp:memory") i32 (i32.const 0)))""")]
    public async Task Prepare_ReservedExportName_Refused(string wat)
    {
        Assert.Equal(ModuleException.ReservedExport, (await RefusedAsync(SandboxFixture.Wat(wat))).Code);
    }

    [Theory]
    [InlineData("(memory 8192)", null)]
    [InlineData("(memory 8193)", ModuleException.TooDemanding)]
    [InlineData("(memory 65536)", ModuleException.TooDemanding)]
    [InlineData("(table 1000000 funcref)", null)]
    [InlineData("(table 1000001 funcref)", ModuleException.TooDemanding)]
    [InlineData("(table 0 funcref) (table 1000001 2000000 externref)", ModuleException.TooDemanding)]
    public async Task Prepare_MoreFromTheStartThanAnyTaskMayHave_TooDemanding(string fields, string? code)
    {
        Assert.Equal(code, await CodeAsync(SandboxFixture.Wat($"(module {fields})")));
    }

    [Theory]
    [InlineData(16, null)]
    [InlineData(17, ModuleException.TooDemanding)]
    public async Task Prepare_ManyTables_TooDemanding(int tables, string? code)
    {
        var wat = $"(module {string.Concat(Enumerable.Repeat("(table 10 funcref)", tables))})";

        Assert.Equal(code, await CodeAsync(SandboxFixture.Wat(wat)));
    }

    [Theory]
    [InlineData("(module (func (result i32)))")]
    [InlineData("(module (func $f (param i32)) (start $f))")]
    [InlineData("""(module (func (export "a")) (func (export "a")))""")]
    public async Task Prepare_DoesNotValidate_Invalid(string wat)
    {
        Assert.Equal(ModuleException.Invalid, (await RefusedAsync(SandboxFixture.Wat(wat))).Code);
    }

    [Fact]
    public void ConvertText_NotAModule_Invalid()
    {
        Assert.Equal(ModuleException.Invalid, Assert.Throws<ModuleException>(() => WasmSandbox.ConvertText("(module (func")).Code);
    }

    [Fact]
    public async Task Prepare_SourceReturnsOtherBytes_ThrowsAndIsNotRemembered()
    {
        var module = SandboxFixture.Wat("""(module (func (export "mismatch")))""");
        var digest = Digest.Of(module);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            fixture.Sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(SandboxFixture.Wat("(module)")), CancellationToken.None));

        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, module);
        Assert.Equal("mismatch", Assert.Single(lease.Description.Exports).Name);
    }

    private async Task<ModuleException> RefusedAsync(byte[] module) =>
        await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, module));

    private async Task<string?> CodeAsync(byte[] module)
    {
        try
        {
            (await SandboxFixture.PrepareAsync(fixture.Sandbox, module)).Dispose();
            return null;
        }
        catch (ModuleException exception)
        {
            return exception.Code;
        }
    }

    private static void Edit(byte[] module)
    {
        try
        {
            ModuleBinary.Edit(module);
        }
        catch (ModuleException)
        {
            // What it should do with bytes like these.
        }
    }

    private static List<int> SectionEnds(byte[] module)
    {
        var ends = new List<int> { 8 };
        for (var at = 8; at < module.Length; ends.Add(at))
        {
            // Every section here is shorter than 128 bytes.
            at += 2 + module[at + 1];
        }

        return ends;
    }
}
