using System.Globalization;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Server.Tests.Http;

/// <summary>Bodies that are read whole.</summary>
public sealed class RequestBodyTests
{
    [Fact]
    public void ReadBytes_LengthIsOnlyAnnounced_TakesNoMemoryForIt()
    {
        using var body = new TrickleStream(10);
        var request = new DefaultHttpContext { Request = { Body = body, ContentLength = 60_000_000 } }.Request;
        var before = GC.GetAllocatedBytesForCurrentThread();

        var reading = request.ReadBytesAsync(default);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.False(reading.IsCompleted);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(300_001, true)]
    [InlineData(0, false)]
    [InlineData(300_001, false)]
    public async Task ReadBytes_AnyLength_GivesAllBytes(int length, bool isAnnounced)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using var body = new MemoryStream(bytes);
        var request = new DefaultHttpContext { Request = { Body = body, ContentLength = isAnnounced ? length : null } }.Request;

        Assert.Equal(bytes, (await request.ReadBytesAsync(default)).ToArray());
    }

    [Fact]
    public async Task ReadBytes_SomethingSpeaksAgainstThem_IsNotReadToItsEnd()
    {
        using var body = new TrickleStream(10_000);

        var (_, problem) = await new DefaultHttpContext { Request = { Body = body } }.Request
            .ReadBytesAsync(bytes => bytes > 1000 ? Problems.VerifierBusy.Because("why") : null, default);

        Assert.Equal(Problems.VerifierBusy, problem!.Kind);
    }

    [Theory]
    [InlineData(RequestBody.MostValues - 2, true)]
    [InlineData(RequestBody.MostValues - 1, false)]
    public void CheckValues_OfAnArray_AsManyAsMayBe(int values, bool isFine)
    {
        var json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("1", values))}]");

        Assert.Equal(isFine ? null : Problems.BodyTooLarge, RequestBody.CheckValues(json)?.Kind);
    }

    [Theory]
    [InlineData("api/v1/tasks", "{{\"module\":\"x\",\"entrypoint\":\"y\",\"args\":[{0}]}}")]
    [InlineData("api/v1/tasks:batch", "{{\"tasks\":[{{\"module\":\"x\",\"entrypoint\":\"y\",\"args\":[{0}]}}]}}")]
    public async Task Submit_MoreArgumentsThanMayBe_BodyTooLarge(string path, string format)
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["Sandbox:InputBytes"] = "16777216" } });
        var body = string.Format(CultureInfo.InvariantCulture, format, string.Join(',', Enumerable.Repeat("\"\"", RequestBody.MostValues)));

        await server.Http.PostAsync(path, body, MediaTypes.Json).ProblemAsync("body-too-large");
    }

    /// <summary>Gives some bytes, and then none for ever.</summary>
    private sealed class TrickleStream(int some) : MemoryStream(new byte[some])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position == Length)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return Read(buffer.Span);
        }
    }
}
