using System.Net;
using System.Net.Http.Headers;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Parts of stored bytes (RFC 9110 §13 and §14).</summary>
public sealed class OutputRangeTests(LargeOutputFixture fixture) : IClassFixture<LargeOutputFixture>
{
    private const int Length = 3_000_001;

    private static readonly byte[] Data = LargeOutputFixture.Written(Length);

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-", 0, Length)]
    [InlineData("bytes=5-9", 5, 5)]
    [InlineData("bytes=1048570-1048585", 1_048_570, 16)]
    [InlineData("bytes=1048576-2097151", 1_048_576, 1_048_576)]
    [InlineData("bytes=3000000-", 3_000_000, 1)]
    [InlineData("bytes=-1", 3_000_000, 1)]
    [InlineData("bytes=-99999999", 0, Length)]
    [InlineData("bytes=2999999-99999999999", 2_999_999, 2)]
    public async Task Get_Range_206AndItsBytes(string range, int from, int length)
    {
        foreach (var path in await PathsAsync())
        {
            using var response = await fixture.Http.GetAsync(path, ("Range", range));

            var bytes = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            Assert.Equal($"bytes {from}-{from + length - 1}/{Length}", response.Content.Headers.ContentRange?.ToString());
            Assert.Equal(length, response.Content.Headers.ContentLength);
            Assert.Equal(Digest.Of(Data.AsSpan(from, length)), Digest.Of(bytes));
        }
    }

    [Theory]
    [InlineData("bytes=3000001-")]
    [InlineData("bytes=3000001-3000002")]
    [InlineData("bytes=-0")]
    public async Task Get_RangeBehindTheEnd_416AndTheLength(string range)
    {
        foreach (var path in await PathsAsync())
        {
            using var response = await fixture.Http.GetAsync(path, ("Range", range));

            Assert.Equal($"bytes */{Length}", response.Content.Headers.ContentRange?.ToString());
            Assert.Null(response.Content.Headers.ContentDisposition);
            await response.ProblemAsync("range-not-satisfiable");
        }
    }

    // What is no range, and several, may be answered with the whole.
    [Theory]
    [InlineData("bytes=0-1, 5-6")]
    [InlineData("bytes=9-5")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("chunks=0-1")]
    public async Task Get_NoSingleRange_TheWhole(string range)
    {
        foreach (var path in await PathsAsync())
        {
            using var response = await fixture.Http.GetAsync(path, ("Range", range));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(Length, response.Content.Headers.ContentLength);
            Assert.Equal(Digest.Of(Data), Digest.Of(await response.Content.ReadAsByteArrayAsync()));
        }
    }

    [Fact]
    public async Task Get_Whole_SaysThatItTakesRangesAndWhatItIs()
    {
        foreach (var path in await PathsAsync())
        {
            using var response = await fixture.Http.GetAsync(path);

            Assert.Equal((HttpStatusCode.OK, "bytes", "nosniff"), (response.StatusCode, response.Headers.AcceptRanges.Single(), response.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.Equal(new EntityTagHeaderValue($"\"{Digest.Of(Data)}\""), response.Headers.ETag);
            Assert.Equal(Digest.Of(Data), Digest.Of(await response.Content.ReadAsByteArrayAsync()));
        }
    }

    [Fact]
    public async Task Get_Conditions_HoldOrNot()
    {
        var tag = $"\"{Digest.Of(Data)}\"";
        const string Other = "\"other\"";
        foreach (var path in await PathsAsync())
        {
            await AnswersAsync(path, HttpStatusCode.NotModified, ("If-None-Match", tag));
            await AnswersAsync(path, HttpStatusCode.NotModified, ("If-None-Match", $"{Other}, W/{tag}"), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.NotModified, ("If-None-Match", "*"));
            await AnswersAsync(path, HttpStatusCode.OK, ("If-None-Match", Other));
            await AnswersAsync(path, HttpStatusCode.PartialContent, ("If-Range", tag), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.OK, ("If-Range", Other), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.OK, ("If-Range", $"W/{tag}"), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.OK, ("If-Range", "Fri, 01 Jan 2100 00:00:00 GMT"), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.OK, ("If-Range", "neither"), ("Range", "bytes=0-1"));
            await AnswersAsync(path, HttpStatusCode.PartialContent, ("If-Match", tag), ("Range", "bytes=0-1"));
            await fixture.Http.GetAsync(path, ("If-Match", Other)).ProblemAsync("precondition-failed");
        }
    }

    [Fact]
    public async Task Get_Streams_EachIsItsOwn()
    {
        var task = await fixture.RunAsync(Length);
        var path = $"api/v1/tasks/{task.Id}/output";

        using var stderr = await fixture.Http.GetAsync(path + "?stream=stderr", ("Range", "bytes=4-7"));
        using var stdout = await fixture.Http.GetAsync(path + "?stream=stdout", ("Range", "bytes=-1"));
        using var record = await fixture.Http.GetAsync(path, ("Range", "bytes=0-0"), ("Accept", MediaTypes.Cbor));

        Assert.Equal([1, 0, 0, 0], await stderr.Content.ReadAsByteArrayAsync());
        Assert.Equal("bytes 4-7/4096", stderr.Content.Headers.ContentRange?.ToString());
        Assert.Equal("bytes 3000000-3000000/3000001", stdout.Content.Headers.ContentRange?.ToString());
        // An array of five; whose tag is the digest that the statement names.
        Assert.Equal([0x85], await record.Content.ReadAsByteArrayAsync());
        var proof = await fixture.Client.GetProofAsync(Digest.Parse(task.Proofs[0].Id), default);
        Assert.Equal($"\"{proof.Payload!.Output}\"", record.Headers.ETag?.Tag);
        Assert.All([stderr, stdout, record], response => Assert.Equal("Accept", response.Headers.Vary.Single()));
        await fixture.Http.GetAsync(path + "?stream=stdin").ProblemAsync("malformed-request");
    }

    [Fact]
    public async Task Get_NoBytes_200AndNoRange()
    {
        var task = await fixture.RunAsync(0);
        var path = $"api/v1/tasks/{task.Id}/output";

        using var whole = await fixture.Http.GetAsync(path);
        using var range = await fixture.Http.GetAsync(path, ("Range", "bytes=0-0"));

        Assert.Equal((HttpStatusCode.OK, 0L), (whole.StatusCode, whole.Content.Headers.ContentLength));
        Assert.Equal("bytes */0", range.Content.Headers.ContentRange?.ToString());
        await range.ProblemAsync("range-not-satisfiable");
    }

    [Fact]
    public async Task Get_ModuleAndBundle_RangesToo()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);
        var app = Trees.Of(("app/in.txt", "hello"));
        await fixture.Client.UploadBundleAsync(app.Tar(), default);

        using var magic = await fixture.Http.GetAsync($"api/v1/modules/{module}/content", ("Range", "bytes=1-3"));
        using var known = await fixture.Http.GetAsync($"api/v1/modules/{module}/content", ("If-None-Match", $"\"{module}\""));
        using var name = await fixture.Http.GetAsync($"api/v1/bundles/{app.Digest}/content", ("Range", "bytes=0-2"));

        Assert.Equal("asm"u8.ToArray(), await magic.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal("app"u8.ToArray(), await name.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{app.Digest}\"", name.Headers.ETag?.Tag);
    }

    private async Task AnswersAsync(string path, HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        using var response = await fixture.Http.GetAsync(path, headers);

        Assert.Equal(status, response.StatusCode);
        var expected = status switch
        {
            HttpStatusCode.OK => Data,
            HttpStatusCode.PartialContent => Data[..2],
            _ => [],
        };
        Assert.Equal(Digest.Of(expected), Digest.Of(await response.Content.ReadAsByteArrayAsync()));
    }

    private async Task<string[]> PathsAsync()
    {
        var task = await fixture.RunAsync(Length);
        return [$"api/v1/tasks/{task.Id}/output", $"api/v1/tasks/{task.Id}/files/big"];
    }
}
