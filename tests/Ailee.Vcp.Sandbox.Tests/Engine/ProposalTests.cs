using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

/// <summary>One module for each WebAssembly proposal, so that an engine upgrade cannot switch one on or off unnoticed.</summary>
public sealed class ProposalTests(SandboxFixture fixture)
{
    public static TheoryData<string, string> On => new()
    {
        { "mutable-globals", """(module (global (export "g") (mut i32) (i32.const 0)))""" },
        { "sign-extension", "(module (func (param i32) (result i32) (i32.extend8_s (local.get 0))))" },
        { "saturating-conversion", "(module (func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0))))" },
        { "bulk-memory", "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))" },
        { "multi-value", "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))" },
        { "reference-types", "(module (table 1 externref) (func (drop (table.get 0 (i32.const 0)))))" },
        { "simd", "(module (func (result v128) (i32x4.splat (i32.const 1))))" },
        { "relaxed-simd", "(module (func (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1))))" },
        { "tail-calls", "(module (func $f (return_call $f)))" },
        { "extended-const", "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))" },
    };

    public static TheoryData<string, string, string> Off => new()
    {
        { "threads: shared memory", "module-needs-threads", "(module (memory 1 1 shared))" },
        { "threads: atomic load", "module-needs-threads", "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))" },
        { "threads: fence", "module-needs-threads", "(module (func (atomic.fence)))" },
        { "shared-everything-threads", ModuleException.Invalid, "(module (global (shared mut i32) (i32.const 0)))" },
        { "multi-memory", "module-needs-multi-memory", "(module (memory 1) (memory 1))" },
        { "memory64", "module-needs-memory64", "(module (memory i64 1))" },
        { "memory64: table", "module-needs-memory64", "(module (table i64 1 funcref))" },
        { "gc: struct", "module-needs-gc", "(module (type (struct (field i32))))" },
        { "gc: i31", "module-needs-gc", "(module (func (result i31ref) (ref.i31 (i32.const 0))))" },
        { "function-references", "module-needs-function-references", "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))" },
        { "function-references: table initializer", "module-needs-function-references", "(module (func $f) (table 10 funcref (ref.func $f)))" },
        { "exceptions", "module-needs-exceptions", "(module (tag))" },
        { "legacy-exceptions", ModuleException.Invalid, "(module (func try catch_all end))" },
        { "wide-arithmetic", "module-needs-wide-arithmetic", "(module (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 2))))" },
        { "stack-switching", ModuleException.Invalid, "(module (type $f (func)) (type $c (cont $f)))" },
        { "custom-page-sizes", ModuleException.Invalid, "(module (memory 1 (pagesize 1)))" },
        { "memory-control", ModuleException.Invalid, "(module (memory 1) (func (memory.discard (i32.const 0) (i32.const 0))))" },
    };

    [Theory]
    [MemberData(nameof(On))]
    public async Task Prepare_ProposalThatIsOn_Compiles(string proposal, string wat)
    {
        using var lease = await SandboxFixture.PrepareAsync(fixture.Sandbox, SandboxFixture.Wat(wat));

        Assert.True(lease.Description.Kind == ModuleDescription.Library, proposal);
    }

    [Theory]
    [MemberData(nameof(Off))]
    public async Task Prepare_ProposalThatIsOff_RefusedByName(string proposal, string code, string wat)
    {
        var exception = await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, SandboxFixture.Wat(wat)));

        Assert.True(exception.Code == code, $"{proposal}: {exception.Code}");
    }

    [Fact]
    public async Task Prepare_SeveralProposalsThatAreOff_AllAreNamed()
    {
        var module = SandboxFixture.Wat("(module (memory i64 1) (memory 1) (func (atomic.fence)))");

        var exception = await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, module));

        Assert.Equal("module-needs-threads", exception.Code);
        Assert.Contains("threads, memory64, multi-memory", exception.Message, StringComparison.Ordinal);
    }
}
