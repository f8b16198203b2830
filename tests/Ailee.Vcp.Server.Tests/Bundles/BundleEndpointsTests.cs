using System.IO.Compression;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Bundles;

public sealed class BundleEndpointsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly Digest Unknown = Digest.Of("unknown"u8);

    [Fact]
    public async Task Upload_TarAndGzip_GiveTheSameBundle()
    {
        var bundle = Trees.Of(("a/b", "one"), ("c", "two"));
        var tar = BundleTarWriter.Write(bundle);

        using var plain = await fixture.Http.PostAsync("api/v1/bundles", tar, MediaTypes.Tar);
        using var packed = await fixture.Http.PostAsync("api/v1/bundles", Gzip(tar), MediaTypes.Gzip);
        using var packedAsTar = await fixture.Http.PostAsync("api/v1/bundles", Gzip(tar), "Application/X-Tar; a=b");

        Assert.All((HttpResponseMessage[])[plain, packed, packedAsTar], response => Assert.Equal(HttpStatusCode.Created, response.StatusCode));
        Assert.Equal($"/api/v1/bundles/{bundle.Digest}", plain.Headers.Location?.ToString());
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await packed.Content.ReadAsStringAsync());
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await packedAsTar.Content.ReadAsStringAsync());
        var described = await fixture.Client.GetBundleAsync(bundle.Digest, null, null, default);
        Assert.Equal((2L, 3L, 6L), (described.Files, described.Entries, described.SizeBytes));
        Assert.Equal(["a", "a/b", "c"], described.Items.Select(item => item.Path));
        Assert.Equal((("directory", null), ("file", 3L)), ((described.Items[0].Kind, described.Items[0].SizeBytes), (described.Items[1].Kind, described.Items[1].SizeBytes)));
    }

    [Fact]
    public async Task Upload_AtOnce_IsOneBundle()
    {
        var bundle = Trees.Of(("at-once", new string('x', 3_000_000)));

        var views = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.Client.UploadBundleAsync(bundle.Tar(), default)));

        Assert.Single(views.Distinct());
        Assert.Equal(BundleTarWriter.Write(bundle), await fixture.Client.GetBundleContentAsync(bundle.Digest, default));
    }

    [Fact]
    public async Task Describe_ByParts_CoversEveryPathOnce()
    {
        var bundle = Trees.Of([.. Enumerable.Range(0, 25).Select(number => ($"d/{number:00}", "x"))]);
        await fixture.Client.UploadBundleAsync(bundle.Tar(), default);

        var paths = new List<string>();
        string? after = null;
        do
        {
            var part = await fixture.Client.GetBundleAsync(bundle.Digest, 7, after, default);
            Assert.InRange(part.Items.Count, 1, 7);
            paths.AddRange(part.Items.Select(item => item.Path));
            after = part.Next;
        }
        while (after is not null);

        Assert.Equal(bundle.Entries.Select(entry => entry.Path), paths);
        await fixture.Http.GetAsync($"api/v1/bundles/{bundle.Digest}?limit=0").ProblemAsync("malformed-request");
        await fixture.Http.GetAsync($"api/v1/bundles/{bundle.Digest}?limit=10001").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task Download_Known_GivesTheCanonicalTar()
    {
        // More than a chunk.
        var bundle = Trees.Of(("large", new string('x', 2_500_000)), ("small", "y"));
        await fixture.Client.UploadBundleAsync(bundle.Tar(), default);

        using var response = await fixture.Http.GetAsync($"api/v1/bundles/{bundle.Digest}/content");

        var tar = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((MediaTypes.Tar, tar.Length), (response.Content.Headers.ContentType?.MediaType, (int?)response.Content.Headers.ContentLength));
        Assert.Equal(BundleTarWriter.Write(bundle), tar);
    }

    [Fact]
    public async Task Any_UnknownOrMalformed_NotFound()
    {
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => fixture.Client.GetBundleAsync(Unknown, null, null, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => fixture.Client.GetBundleContentAsync(Unknown, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => fixture.Client.DeleteBundleAsync(Unknown, default));
        await fixture.Http.GetAsync("api/v1/bundles/sha256:ABC").ProblemAsync("bundle-not-found");
        await fixture.Http.GetAsync("api/v1/bundles/x/content").ProblemAsync("bundle-not-found");
        await fixture.Http.DeleteAsync("api/v1/bundles/x").ProblemAsync("bundle-not-found");
    }

    [Theory]
    [InlineData("../up", "bundle-unsafe-path")]
    [InlineData("/absolute", "bundle-unsafe-path")]
    [InlineData("", "bundle-invalid")]
    public async Task Upload_BadPath_Refused(string path, string code)
    {
        var tar = new byte[1536];
        BundleTarWriter.Headers(path, BundleEntryKind.File, 0, null).CopyTo(tar, 0);

        await fixture.Http.PostAsync("api/v1/bundles", tar, MediaTypes.Tar).ProblemAsync(code);
    }

    [Fact]
    public async Task Upload_NoTar_Refused()
    {
        await fixture.Http.PostAsync("api/v1/bundles", [], MediaTypes.Tar).ProblemAsync("bundle-invalid");
        await fixture.Http.PostAsync("api/v1/bundles", "not a tar"u8.ToArray(), MediaTypes.Tar).ProblemAsync("bundle-invalid");
        await fixture.Http.PostAsync("api/v1/bundles", Gzip([]), MediaTypes.Gzip).ProblemAsync("bundle-invalid");
        await fixture.Http.PostAsync("api/v1/bundles", [], MediaTypes.Json).ProblemAsync("unsupported-media-type");
        await fixture.Http.PostAsync("api/v1/bundles", [], null).ProblemAsync("unsupported-media-type");
    }

    [Fact]
    public async Task Upload_BeyondTheOptions_Refused()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup
        {
            Configuration = { ["Bundles:Bytes"] = "1000", ["Bundles:Entries"] = "3", ["Bundles:Depth"] = "2", ["Bundles:PathBytes"] = "40", ["Bundles:BodyBytes"] = "100000" },
        });
        Task<HttpResponseMessage> PostAsync(byte[] tar) => server.Http.PostAsync("api/v1/bundles", tar, MediaTypes.Tar);
        byte[] Tar(params (string, string)[] files) => BundleTarWriter.Write(Trees.Of(files));

        await PostAsync(Tar(("a", new string('x', 1001)))).ProblemAsync("bundle-too-large");
        await PostAsync(Gzip(Tar(("a", new string('x', 5_000_000))))).ProblemAsync("bundle-too-large");
        await PostAsync(Tar(("a", ""), ("b", ""), ("c", ""), ("d", ""))).ProblemAsync("bundle-too-large");
        await PostAsync(Tar(("a/b/c", ""))).ProblemAsync("bundle-too-large");
        await PostAsync(Tar((new string('n', 41), ""))).ProblemAsync("bundle-too-large");
        await PostAsync([.. Tar(("a", "")), .. new byte[100_000]]).ProblemAsync("body-too-large");
        using var taken = await PostAsync(Tar(("a/b", new string('x', 1000)), ("c", "")));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(server.DataDirectory, "uploads")));
    }

    [Fact]
    public async Task List_AfterARestart_NewestFirstWithContents()
    {
        using var directory = new TempDirectory();
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });
        var bundles = Enumerable.Range(0, 5).Select(number => Trees.Of(("f", $"{number}"))).ToList();
        foreach (var bundle in bundles)
        {
            await server.Client.UploadBundleAsync(bundle.Tar(), default);
        }

        server = await server.RestartAsync();
        await using (server)
        {
            var listed = new List<BundleView>();
            for (string? after = null; ;)
            {
                var page = await server.Client.ListBundlesAsync(2, after, default);
                listed.AddRange(page.Items);
                if ((after = page.Next) is null)
                {
                    break;
                }
            }

            Assert.Equal(bundles.Select(bundle => bundle.Digest.ToString()).Order(), listed.Select(bundle => bundle.Digest).Order());
            Assert.Equal(listed.Select(bundle => bundle.CreatedAt).OrderDescending(), listed.Select(bundle => bundle.CreatedAt));
            Assert.Equal(BundleTarWriter.Write(bundles[3]), await server.Client.GetBundleContentAsync(bundles[3].Digest, default));
            Assert.Equal(5, (await server.Client.GetStatsAsync(default)).Bundles);
        }
    }

    [Fact]
    public async Task Delete_WhileATaskNeedsIt_BundleInUse()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var bundle = await server.Client.UploadBundleAsync(Trees.Of(("f", "x")).Tar(), default);
        var digest = Digest.Parse(bundle.Digest);
        var request = Calls.Command(await server.Client.UploadAsync(Guests.Copy)) with { Bundle = bundle.Digest };
        var task = await server.Client.SubmitTaskAsync(request, null, null, default);

        await Calls.RefusedAsync(HttpStatusCode.Conflict, "bundle-in-use", () => server.Client.DeleteBundleAsync(digest, default));

        Assert.Equal(bundle.Digest, task.Bundle);
        await server.Client.CancelTaskAsync(TaskId.Parse(task.Id), default);
        await server.Client.DeleteBundleAsync(digest, default);
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => server.Client.GetBundleContentAsync(digest, default));
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => server.Client.SubmitTaskAsync(request, null, null, default));
        Assert.Empty(server.Database.Read(transaction => transaction.Query("SELECT 1 FROM bundle_chunks", row => row.Int64(0))));
    }

    private static byte[] Gzip(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }
}
