using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Modules;

public sealed class ModuleEndpointsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Digest Unknown = Digest.Of("unknown"u8);

    [Fact]
    public async Task Upload_BinaryAndText_GiveTheSameModule()
    {
        var binary = WasmSandbox.ConvertText(Guests.Math);

        var fromText = await fixture.Client.UploadModuleAsync(Encoding.UTF8.GetBytes(Guests.Math), MediaTypes.Wat, default);
        var fromBinary = await fixture.Client.UploadModuleAsync(binary, MediaTypes.Wasm, default);

        Assert.Equal(Digest.Of(binary).ToString(), fromText.Digest);
        Assert.Equivalent(fromText, fromBinary, strict: true);
        Assert.Equal((binary.Length, "library", 0), ((int)fromText.SizeBytes, fromText.Kind, (int)fromText.MemoryPages));
    }

    [Fact]
    public async Task Upload_Twice_CreatedBothTimesWithLocation()
    {
        var body = Encoding.UTF8.GetBytes(Guests.Unique(1));

        using var first = await fixture.Http.PostAsync("api/v1/modules", body, MediaTypes.Wat);
        using var second = await fixture.Http.PostAsync("api/v1/modules", body, "TEXT/WAT; charset=utf-8");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        using var found = await fixture.Http.GetAsync(first.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Fact]
    public async Task Describe_Command_ToldWithImportsAndExports()
    {
        var digest = await fixture.Client.UploadAsync(Guests.Show);

        var module = await fixture.Client.GetModuleAsync(digest, default);

        Assert.Equal(("command", 8L), (module.Kind, module.MemoryPages));
        var read = Assert.Single(module.Imports, import => import.Name == "fd_read");
        Assert.Equal(("wasi_snapshot_preview1", "function"), (read.Module, read.Kind));
        Assert.Equal(["i32", "i32", "i32", "i32"], read.Parameters);
        Assert.Equal(["i32"], read.Results);
        Assert.Equal(["memory", "_start"], module.Exports.Select(export => export.Name));
        Assert.Equal(["memory", "function"], module.Exports.Select(export => export.Kind));
        Assert.Null(module.Exports[0].Parameters);
    }

    [Fact]
    public async Task Describe_Module_ToldWhatItIsMadeOf()
    {
        var digest = await fixture.Client.UploadAsync(
            """
            (module (@custom "notes" "abc")
              (func $s) (start $s)
              (func (export "_initialize"))
              (memory 1 2) (table 3 funcref) (table 4 5 externref)
              (global (export "counter") (mut i64) (i64.const 0)))
            """);

        var module = await fixture.Client.GetModuleAsync(digest, default);

        Assert.Equal("reactor", module.Kind);
        Assert.Equal([new MemoryView(1, 2)], module.Memories);
        Assert.Equal([new TableView("funcref", 3, null), new TableView("externref", 4, 5)], module.Tables);
        Assert.Contains(new CustomSectionView("notes", 3), module.CustomSections!);
        Assert.Equal((2L, true), (module.FunctionCount, module.HasStart));
        Assert.Equal("mut i64", Assert.Single(module.Exports, export => export.Kind == "global").Type);
    }

    [Fact]
    public async Task Describe_UnknownOrMalformed_NotFound()
    {
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.GetModuleAsync(Unknown, default));
        await fixture.Http.GetAsync("api/v1/modules/sha256:ABC").ProblemAsync("module-not-found");
        await fixture.Http.GetAsync($"api/v1/modules/{Unknown.ToHex()}").ProblemAsync("module-not-found");
    }

    [Fact]
    public async Task Download_Known_GivesTheUploadedBytes()
    {
        var binary = WasmSandbox.ConvertText(Guests.Unique(2));
        await fixture.Client.UploadModuleAsync(binary, MediaTypes.Wasm, default);

        using var response = await fixture.Http.GetAsync($"api/v1/modules/{Digest.Of(binary)}/content");

        Assert.Equal(binary, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(MediaTypes.Wasm, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(binary, await fixture.Client.GetModuleContentAsync(Digest.Of(binary), default));
    }

    [Fact]
    public async Task Download_Unknown_NotFound() =>
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.GetModuleContentAsync(Unknown, default));

    [Fact]
    public async Task List_ByCursor_CoversEveryModuleOnceNewestFirst()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var uploaded = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            uploaded.Add((await server.Client.UploadAsync(Guests.Unique(i))).ToString());
        }

        var listed = new List<ModuleView>();
        string? after = null;
        do
        {
            var page = await server.Client.ListModulesAsync(3, after, default);
            Assert.InRange(page.Items.Count, 1, 3);
            listed.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(uploaded.Order(), listed.Select(module => module.Digest).Order());
        Assert.Equal(listed.Select(module => module.CreatedAt).OrderDescending(), listed.Select(module => module.CreatedAt));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=many")]
    [InlineData("after=x")]
    [InlineData("after=!!!!")]
    [InlineData("after=AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task List_BadQuery_MalformedRequest(string query) =>
        await fixture.Http.GetAsync($"api/v1/modules?{query}").ProblemAsync("malformed-request");

    [Fact]
    public async Task Delete_Unneeded_GoneAndTasksForItRefused()
    {
        var digest = await fixture.Client.UploadAsync(Guests.Unique(3));

        await fixture.Client.DeleteModuleAsync(digest, default);

        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.GetModuleAsync(digest, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.GetModuleContentAsync(digest, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.SubmitAsync(digest, "run"));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.DeleteModuleAsync(digest, default));
    }

    [Fact]
    public async Task Delete_Malformed_NotFound() => await fixture.Http.DeleteAsync("api/v1/modules/add").ProblemAsync("module-not-found");

    [Fact]
    public async Task Delete_ThenUploadAgain_RunsAgain()
    {
        var digest = await fixture.Client.UploadAsync(Guests.Unique(4));
        await fixture.Client.RunAsync(digest, "run");
        await fixture.Client.DeleteModuleAsync(digest, default);
        await fixture.Client.UploadAsync(Guests.Unique(4));

        var task = await fixture.Client.RunAsync(digest, "run");

        Assert.Equal("completed", task.Result!.Outcome);
    }

    [Fact]
    public async Task Delete_WhileATaskNeedsIt_ModuleInUse()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var digest = await server.Client.UploadAsync(Guests.Unique(5));
        var task = await server.Client.SubmitAsync(digest, "run");

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "module-in-use", () => server.Client.DeleteModuleAsync(digest, default));

        await server.Client.CancelTaskAsync(task, default);
        await server.Client.DeleteModuleAsync(digest, default);
    }
}
