using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Modules;

public sealed class ModuleRefusalTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Fact]
    public async Task Upload_NotWasm_ModuleInvalid()
    {
        var problem = await UploadAsync("hello, world"u8.ToArray()).ProblemAsync("module-invalid");

        Assert.Contains("\\0asm", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_Empty_ModuleInvalid() => await UploadAsync([]).ProblemAsync("module-invalid");

    [Fact]
    public async Task Upload_CutAnywhere_ModuleInvalidOrACutThatIsAModule()
    {
        var binary = WasmSandbox.ConvertText(Guests.Math);

        for (var length = 1; length < binary.Length; length++)
        {
            using var response = await UploadAsync(binary[..length]);
            // Between sections a cut leaves a shorter module, which may be valid; it never leaves this one.
            if (response.IsSuccessStatusCode)
            {
                Assert.DoesNotContain("\"add\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
            else
            {
                await response.ProblemAsync("module-invalid");
            }
        }
    }

    [Fact]
    public async Task Upload_Component_RefusedByName()
    {
        var problem = await UploadAsync([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]).ProblemAsync("module-needs-components");

        Assert.Contains("component", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_TextOfAComponent_RefusedByName() => await UploadTextAsync("(component)").ProblemAsync("module-needs-components");

    [Fact]
    public async Task Upload_TextWithAMistake_ModuleInvalidWithoutEnginePaths()
    {
        var problem = await UploadTextAsync("""(module (func (export "f") (result i32)""").ProblemAsync("module-invalid");

        Assert.DoesNotContain("/", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_InvalidTypes_ModuleInvalid() =>
        await UploadTextAsync("""(module (func (export "f") (result i32) (i64.const 1)))""").ProblemAsync("module-invalid");

    [Theory]
    [InlineData("""(module (import "env" "launch" (func)))""", "'env' 'launch'")]
    [InlineData("""(module (import "wasi_snapshot_preview1" "fd_teleport" (func)))""", "'wasi_snapshot_preview1' 'fd_teleport'")]
    [InlineData("""(module (import "env" "memory" (memory 1)))""", "'env' 'memory' (memory)")]
    public async Task Upload_UnknownImport_RefusedByName(string wat, string name)
    {
        var problem = await UploadTextAsync(wat).ProblemAsync("module-unknown-import");

        Assert.Contains(name, problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""(module (import "wasi_snapshot_preview1" "sched_yield" (func (param i32) (result i32))))""")]
    [InlineData("""(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i64))))""")]
    [InlineData("""(module (import "wasi_snapshot_preview1" "sched_yield" (global i32)))""")]
    public async Task Upload_ImportOfAnotherType_RefusedByName(string wat)
    {
        var problem = await UploadTextAsync(wat).ProblemAsync("module-import-type");

        Assert.Contains("'sched_yield'", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""(module (func (export "vcp:start")))""")]
    [InlineData("""(module (memory (export "vcp:memory") 1))""")]
    [InlineData("""(module (memory 1) (func (export "vcp:memory")))""")]
    public async Task Upload_ReservedExport_Refused(string wat) => await UploadTextAsync(wat).ProblemAsync("module-reserved-export");

    [Fact]
    public async Task Upload_MoreMemoryThanAnyTask_ModuleTooDemanding()
    {
        await UploadTextAsync("(module (memory 257))").ProblemAsync("module-too-demanding");
        using var atTheLimit = await UploadTextAsync("(module (memory 256))");

        Assert.True(atTheLimit.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("threads", "(module (memory 1 1 shared))")]
    [InlineData("memory64", "(module (memory i64 1))")]
    [InlineData("multi-memory", "(module (memory 1) (memory 1))")]
    [InlineData("gc", "(module (type (struct (field i32))))")]
    [InlineData("exceptions", "(module (tag))")]
    [InlineData("function-references", "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))")]
    [InlineData("wide-arithmetic", "(module (func (result i64 i64) (i64.mul_wide_u (i64.const 1) (i64.const 2))))")]
    public async Task Upload_ProposalThatIsOff_RefusedByName(string proposal, string wat) => await UploadTextAsync(wat).ProblemAsync($"module-needs-{proposal}");

    [Fact]
    public async Task Upload_MoreExportsThanAnyModuleMayHave_TooComplex()
    {
        // An export section that says it has 10 001 entries.
        var problem = await UploadAsync([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 7, 2, 0x91, 0x4e]).ProblemAsync("module-too-complex");

        Assert.Contains("10001 exports", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_CompilesForever_CompileLimitAndIsCounted()
    {
        // One function of nested loops, each of which changes a local of its own: 16 KB that take more than a gigabyte to compile.
        var locals = string.Concat(Enumerable.Range(0, 1000).Select(i => $"(local $l{i} i32)"));
        var loops = string.Concat(Enumerable.Range(0, 1000).Select(i => $"loop local.get $l{i} i32.const 1 i32.add local.set $l{i} "));
        var ends = string.Concat(Enumerable.Range(0, 1000).Select(i => $"local.get $l{i} br_if 0 end "));
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Sandbox:CompileMemoryBytes"] = "268435456" } });
        var bomb = WasmSandbox.ConvertText($"(module (func {locals} {loops} {ends}))");

        var problem = await server.Http.PostAsync("api/v1/modules", bomb, MediaTypes.Wasm).ProblemAsync("module-compile-limit");

        Assert.Contains("268435456 bytes", problem.Detail, StringComparison.Ordinal);
        var cache = (await server.Client.GetStatsAsync(default)).ModuleCache;
        Assert.Equal(problem.Detail, (await server.Http.PostAsync("api/v1/modules", bomb, MediaTypes.Wasm).ProblemAsync("module-compile-limit")).Detail);
        Assert.Equal(1, (await server.Client.GetStatsAsync(default)).ModuleCache.Refusals!["module-compile-limit"]);
        Assert.Equal(1, cache.Refusals!["module-compile-limit"]);
        Assert.Equal(1, cache.CompilerStarts);
        Assert.Contains("vcp_module_refusals_total{code=\"module-compile-limit\"} 1", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_TheSameBombAgain_RefusedWithoutCompilingForTenMinutes()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Time = time });
        var module = WasmSandbox.ConvertText(Guests.Math);
        var refusals = server.Get<CompileRefusals>();
        refusals.Add("local", Digest.Of(module), "It took too long.");
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));

        Assert.Equal("It took too long.", (await server.Http.PostAsync("api/v1/modules", module, MediaTypes.Wasm).ProblemAsync("module-compile-limit")).Detail);
        // As text it is converted to know that it is the same.
        await server.Http.PostAsync("api/v1/modules", Guests.Math, MediaTypes.Wat).ProblemAsync("module-compile-limit");
        Assert.NotNull(refusals.Find("local", Digest.Of(Encoding.UTF8.GetBytes(Guests.Math))));
        time.Advance(TimeSpan.FromSeconds(1));
        using var response = await server.Http.PostAsync("api/v1/modules", module, MediaTypes.Wasm);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public void Remember_MoreRefusalsThanAreHeld_TheOldestGoes()
    {
        var refusals = new CompileRefusals(new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        var digests = Enumerable.Range(0, CompileRefusals.Most + 1).Select(number => Digest.Of(BitConverter.GetBytes(number))).ToList();

        digests.ForEach(digest => refusals.Add("alice", digest, "why"));

        Assert.Null(refusals.Find("alice", digests[0]));
        Assert.All(digests.Skip(1), digest => Assert.Equal("why", refusals.Find("alice", digest)));
    }

    [Fact]
    public async Task Upload_NoPlaceToWaitIn_CompilerBusyUntilThereIs()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var known = await server.Client.UploadAsync(Guests.Unique(1));
        var places = server.Get<CompilePlaces>();
        for (var i = 0; i < places.Most; i++)
        {
            Assert.Null(places.TryTake(null));
        }

        using var refused = await server.Http.PostAsync("api/v1/modules", WasmSandbox.ConvertText(Guests.Math), MediaTypes.Wasm);
        Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        await refused.ProblemAsync("compiler-busy");
        await server.Client.UploadModuleAsync(await server.Client.GetModuleContentAsync(known, default), MediaTypes.Wasm, default);
        places.GiveBack(null);

        // What is refused gives its place back too.
        for (var i = 0; i < 3; i++)
        {
            await server.Http.PostAsync("api/v1/modules", "(module", MediaTypes.Wat).ProblemAsync("module-invalid");
        }

        await server.Client.UploadAsync(Guests.Math);
    }

    [Fact]
    public async Task Upload_OneTenantHasItsShareOfPlaces_AnotherIsCompiled()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var (places, service) = (server.Get<CompilePlaces>(), server.Get<ModuleService>());
        var taken = 0;
        for (; places.TryTake("alice") is null; taken++)
        {
        }

        using var turn = await places.TakeTurnAsync("alice", default);
        var binary = WasmSandbox.ConvertText(Guests.Math);
        var (_, problem) = await service.UploadAsync(new Caller("alice", "alice", Scope.Tasks), binary, false, default);
        var (module, _) = await service.UploadAsync(new Caller("bob", "bob", Scope.Tasks), binary, false, default);

        Assert.InRange(taken, 1, places.Most - 4);
        Assert.Equal("compiler-busy", problem!.Kind.Code);
        Assert.NotNull(module);
    }

    [Fact]
    public async Task Upload_OneTenantHasATurnAtTheCompiler_ItsNextWaitsForIt()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var (places, service) = (server.Get<CompilePlaces>(), server.Get<ModuleService>());
        var turn = await places.TakeTurnAsync("alice", default);

        var next = service.UploadAsync(new Caller("alice", "alice", Scope.Tasks), WasmSandbox.ConvertText(Guests.Math), false, default);
        await service.UploadAsync(new Caller("bob", "bob", Scope.Tasks), WasmSandbox.ConvertText(Guests.Unique(2)), false, default);

        Assert.False(next.IsCompleted);
        turn!.Dispose();
        Assert.NotNull((await next).Module);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Upload_OtherContentType_Unsupported(string? mediaType) =>
        await fixture.Http.PostAsync("api/v1/modules", WasmSandbox.ConvertText(Guests.Math), mediaType).ProblemAsync("unsupported-media-type");

    [Fact]
    public async Task Upload_BodyOverTheLimit_BodyTooLarge()
    {
        await UploadAsync(new byte[65537]).ProblemAsync("body-too-large");
        await UploadAsync(new byte[65536]).ProblemAsync("module-invalid");
    }

    [Fact]
    public async Task Upload_ChunkedBodyOverTheLimit_BodyTooLarge()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/v1/modules") { Content = new ByteArrayContent(new byte[65537]) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", MediaTypes.Wasm);
        message.Headers.TransferEncodingChunked = true;

        await fixture.Http.SendAsync(message).ProblemAsync("body-too-large");
    }

    [Fact]
    public async Task Upload_Refused_IsNotStored()
    {
        var before = (await fixture.Client.GetStatsAsync(default)).Modules;

        await UploadTextAsync("""(module (import "env" "launch" (func)))""").ProblemAsync("module-unknown-import");

        Assert.Equal(before, (await fixture.Client.GetStatsAsync(default)).Modules);
    }

    private Task<HttpResponseMessage> UploadAsync(byte[] body) => fixture.Http.PostAsync("api/v1/modules", body, MediaTypes.Wasm);

    private Task<HttpResponseMessage> UploadTextAsync(string wat) => fixture.Http.PostAsync("api/v1/modules", Encoding.UTF8.GetBytes(wat), MediaTypes.Wat);
}
