using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

public sealed class ModuleBinaryTests(SandboxFixture fixture)
{
    // Exports 7 bytes that memory.init brings, so that it has a data count section; element and data sections follow the exports.
    private const string Full = """
        (module
          (memory 1)
          (table 2 funcref)
          (global $ran (mut i32) (i32.const 0))
          (func $start (global.set $ran (i32.const 1)))
          (start $start)
          (func $run (export "run") (result i32 i32)
            (memory.init $text (i32.const 0) (i32.const 0) (i32.const 7))
            (global.get $ran) (i32.load8_u (i32.const 6)))
          (elem (i32.const 0) $run)
          (data $text "abcdefg"))
        """;

    [Fact]
    public void Edit_NeitherStartNorMemory_SameBytes()
    {
        var module = SandboxFixture.Wat("""(module (func (export "run")))""");

        Assert.Equal(module, ModuleBinary.Edit(module).ToArray());
    }

    [Theory]
    [InlineData("(module (memory 1))", "vcp:memory")]
    [InlineData("(module (func $f) (start $f))", "vcp:start")]
    [InlineData("(module (func $f) (start $f) (memory 1))", "vcp:memory vcp:start")]
    [InlineData("""(module (func $f (export "a") (export "b")) (start $f) (memory (export "memory") 1) (global (export "g") i32 (i32.const 1)))""", "a b memory g vcp:memory vcp:start")]
    [InlineData("""(module (memory 1) (data (i32.const 0) "x"))""", "vcp:memory")]
    [InlineData("""(module (memory 1) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1))) (data "x"))""", "vcp:memory")]
    [InlineData("""(module (memory 1) (table 1 funcref) (elem (i32.const 0) $f) (func $f))""", "vcp:memory")]
    [InlineData("""(module (memory 1) (global i32 (i32.const 1)))""", "vcp:memory")]
    public void Edit_Module_KeepsItsExportsAndAddsOurs(string wat, string exports)
    {
        Assert.Equal(exports.Split(' '), Exports(ModuleBinary.Edit(SandboxFixture.Wat(wat))));
    }

    [Fact]
    public void Edit_Code_IsNotTouched()
    {
        var module = SandboxFixture.Wat(Full);
        var sections = Sections(module);

        var edited = Sections(ModuleBinary.Edit(module).ToArray());

        Assert.Equal(
            sections.Where(section => section.Id is not (7 or 8)).Select(section => Convert.ToHexString(section.Bytes)),
            edited.Where(section => section.Id is not 7).Select(section => Convert.ToHexString(section.Bytes)));
        Assert.DoesNotContain(edited, section => section.Id == 8);
        Assert.Contains(sections, section => section.Id == 12);
    }

    [Fact]
    public async Task Edit_CustomSectionsEverywhere_RunsTheSame()
    {
        byte[] custom = [0, 5, 4, (byte)'n', (byte)'o', (byte)'t', (byte)'e'];
        var module = SandboxFixture.Wat(Full);
        var sections = Sections(module);
        for (var at = 0; at <= sections.Count; at++)
        {
            byte[] with = [.. module[..8], .. sections.Take(at).SelectMany(section => section.Bytes), .. custom, .. sections.Skip(at).SelectMany(section => section.Bytes)];

            var edited = ModuleBinary.Edit(with);
            var result = await fixture.OnGuestThreadAsync(() => Run(edited));

            Assert.Equal(["run", "vcp:memory", "vcp:start"], Exports(edited));
            Assert.Equal([0, (int)'g'], result);
        }
    }

    [Fact]
    public void Edit_CustomSectionsOnly_StandWhereTheyWere()
    {
        var module = SandboxFixture.Wat("""(module (@custom "first" (before first) "a") (memory 1) (@custom "last" (after last) "b"))""");

        var edited = ModuleBinary.Edit(module).ToArray();

        Assert.Equal([0, 5, 0, 7], Sections(edited).Select(section => (int)section.Id));
        Assert.Equal(["vcp:memory"], Exports(edited));
    }

    [Fact]
    public async Task Execute_FullModule_CallsStartOnceAndFirst()
    {
        var result = await fixture.ConcludeAsync(Full);

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal([SandboxFixture.I32(1), SandboxFixture.I32('g')], result.Output.Results);
        Assert.Equal(1, result.MemoryPages);
    }

    [Fact]
    public async Task Execute_StartFunctionIsAnImport_IsMetered()
    {
        // The start function has no parameters and no results, and no host function is like that: so such a module is refused.
        var exception = await Assert.ThrowsAsync<ModuleException>(() =>
            fixture.RunAsync("""(module (import "wasi_snapshot_preview1" "sched_yield" (func $f)) (start $f) (func (export "run")))"""));

        Assert.Equal(ModuleException.ImportType, exception.Code);
    }

    [Fact]
    public async Task Execute_ManyExports_CountGrowsALongerNumber()
    {
        // 127 exports and two of ours: the count takes two bytes, and the section's length three.
        var functions = string.Concat(Enumerable.Range(0, 127).Select(i => $"""(func (export "{new string('f', 130)}{i}") (result i32) (i32.const {i}))"""));

        var result = await fixture.ConcludeAsync($"(module (memory 1) (func $s) (start $s) {functions})", $"{new string('f', 130)}77");

        Assert.Equal([SandboxFixture.I32(77)], result.Output.Results);
    }

    private static string[] Exports(ReadOnlyMemory<byte> binary)
    {
        using var engine = new global::Wasmtime.Engine();
        using var module = Module.FromBytes(engine, "guest", binary.Span);
        return [.. module.Exports.Select(export => export.Name)];
    }

    // Straight from the engine, without the sandbox that would call the start function: 0 shows that nothing else does.
    private static int[] Run(ReadOnlyMemory<byte> binary)
    {
        using var engine = new global::Wasmtime.Engine();
        using var module = Module.FromBytes(engine, "guest", binary.Span);
        using var linker = new Linker(engine);
        using var store = new Store(engine);
        var results = (object[])linker.Instantiate(store, module).GetFunction("run")!.Invoke()!;
        return [.. results.Cast<int>()];
    }

    private static List<(byte Id, byte[] Bytes)> Sections(byte[] module)
    {
        var sections = new List<(byte, byte[])>();
        for (var at = 8; at < module.Length;)
        {
            // Every section here is shorter than 128 bytes.
            var end = at + 2 + module[at + 1];
            sections.Add((module[at], module[at..end]));
            at = end;
        }

        return sections;
    }
}
