using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Tests.Hosting;

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
    public async Task Upload_Component_ModuleInvalid()
    {
        var problem = await UploadAsync([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]).ProblemAsync("module-invalid");

        Assert.Contains("component", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_TextOfAComponent_ModuleInvalid() => await UploadTextAsync("(component)").ProblemAsync("module-invalid");

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
