using System.IO.Pipelines;
using System.Net;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Overload;

/// <summary>What the bodies of tasks and modules may take of the server together.</summary>
public sealed class LargeBodiesTests
{
    private const long MiB = 1 << 20;

    private static readonly ServerSetup Roomy = new() { NodeWorks = false, Configuration = { ["Sandbox:ModuleBytes"] = "33554432", ["Sandbox:InputBytes"] = "16777216" } };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(MiB, 0)]
    [InlineData(MiB + 1, 2)]
    [InlineData(3 * MiB, 3)]
    public void PlacesOf_Bytes_OneForEachMiBOfWhatIsLarge(long bytes, long places) => Assert.Equal(places, LargeBody.PlacesOf(bytes));

    [Fact]
    public void Places_TheLongestBodyOfOneCaller_FindsRoom()
    {
        var bodies = Bodies(new FakeTimeProvider(), 256 << 20);
        using var longest = new LargeBody(bodies.Places, "alice");

        // Base64 of the longest input.
        Assert.Null(longest.TryHold(512 * MiB));
        Assert.True(bodies.Places.Capacity > 4 * 512);
    }

    [Fact]
    public void TryHold_OneCallerWantsAll_HalfIsLeftForOthers()
    {
        var bodies = Bodies(new FakeTimeProvider());
        using var greedy = new LargeBody(bodies.Places, "alice");
        using var other = new LargeBody(bodies.Places, "bob");

        var refused = greedy.TryHold(bodies.Places.Capacity * MiB);

        Assert.Equal(Problems.Overloaded, refused!.Kind);
        Assert.InRange(refused.RetryAfterSeconds!.Value, 1, 60);
        Assert.Null(other.TryHold(32 * MiB));
        greedy.Dispose();
        Assert.Null(other.TryHold(64 * MiB));
    }

    [Theory]
    [InlineData("tasks", true)]
    [InlineData("tasks", false)]
    [InlineData("tasks:batch", true)]
    [InlineData("modules", false)]
    public async Task Call_EveryPlaceTaken_LargeBodiesAreRefusedAndSmallOnesAreNot(string path, bool tellsLength)
    {
        await using var server = await RunningServer.StartAsync(Roomy);
        var module = await server.Client.UploadAsync(Guests.Show);
        var body = BodyOf(path, module);
        TakeAll(server);

        using (var refused = await SendAsync(server, path, body, tellsLength))
        {
            Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
            await refused.ProblemAsync("overloaded");
        }

        await server.Client.SubmitTaskAsync(Calls.Command(module), null, null, default);
        GiveBackAll(server);
        using var taken = await SendAsync(server, path, body, tellsLength);
        // A module of nothing but zeros is none, which is found when it was read.
        Assert.Equal(path == "modules" ? HttpStatusCode.UnprocessableEntity : path == "tasks" ? HttpStatusCode.Accepted : HttpStatusCode.OK, taken.StatusCode);
        TakeAll(server);
    }

    [Fact]
    public async Task Submit_ThatWaits_KeepsNoPlace()
    {
        await using var server = await RunningServer.StartAsync(Roomy);
        var module = await server.Client.UploadAsync(Guests.Show);
        using var content = new ByteArrayContent(BodyOf("tasks", module));
        content.Headers.TryAddWithoutValidation("Content-Type", MediaTypes.Json);
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/v1/tasks") { Content = content, Headers = { { "Prefer", "wait=60" } } };

        var waiting = server.Http.SendAsync(message);
        while (server.Get<RequestPlaces>().Count(RequestKind.Waiting) == 0)
        {
            Assert.False(waiting.IsCompleted);
            await Task.Yield();
        }

        TakeAll(server);
        var id = Assert.Single((await server.Client.ListTasksAsync(null, null, null, default)).Items).Id;
        await server.Client.CancelTaskAsync(TaskId.Parse(id), default);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Read_DoesNotArriveInTime_RefusedAndItsPlacesAreFree()
    {
        var time = new FakeTimeProvider();
        var bodies = Bodies(time);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        context.Request.ContentLength = 4 * MiB;

        var reading = bodies.ReadAsync(context, default);
        await pipe.Writer.WriteAsync(new byte[2 * MiB], TestContext.Current.CancellationToken);
        time.Advance(BodyDeadline.Of(4 * MiB));

        using (var body = await reading)
        {
            Assert.Equal(Problems.BodyTooSlow, body.Problem!.Kind);
        }

        Assert.All(Enumerable.Range(0, bodies.Places.Capacity), _ => Assert.Null(bodies.Places.TryTake(null)));
    }

    [Fact]
    public async Task Read_TellsMoreThanThereIsRoomFor_RefusedBeforeItArrives()
    {
        var bodies = Bodies(new FakeTimeProvider());
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(new Pipe().Reader));
        context.Request.ContentLength = 4 * MiB;
        Assert.All(Enumerable.Range(0, bodies.Places.Capacity - 3), _ => Assert.Null(bodies.Places.TryTake(null)));

        using (var body = await bodies.ReadAsync(context, default))
        {
            Assert.Equal(Problems.Overloaded, body.Problem!.Kind);
        }

        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(bodies.Places.TryTake(null)));
    }

    [Fact]
    public async Task Read_ClientGoesAway_ItsPlacesAreFree()
    {
        var bodies = Bodies(new FakeTimeProvider());
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        using var gone = new CancellationTokenSource();

        var reading = bodies.ReadAsync(context, gone.Token);
        await pipe.Writer.WriteAsync(new byte[2 * MiB], TestContext.Current.CancellationToken);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.All(Enumerable.Range(0, bodies.Places.Capacity), _ => Assert.Null(bodies.Places.TryTake(null)));
    }

    private static LargeBodies Bodies(TimeProvider time, int inputBytes = 16 << 20) => new(Options.Create(new SandboxOptions { InputBytes = inputBytes }), time);

    private static byte[] BodyOf(string path, Digest module)
    {
        var task = $$"""{"module":"{{module}}","input":{"base64":"{{Convert.ToBase64String(new byte[2 * MiB])}}"} }""";
        return path == "modules" ? new byte[2 * MiB] : Encoding.UTF8.GetBytes(path == "tasks" ? task : $$"""{"tasks":[{{task}}]}""");
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningServer server, string path, byte[] body, bool tellsLength)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", path == "modules" ? MediaTypes.Wasm : MediaTypes.Json);
        using var message = new HttpRequestMessage(HttpMethod.Post, $"api/v1/{path}") { Content = content };
        message.Headers.TransferEncodingChunked = !tellsLength;
        return await server.Http.SendAsync(message);
    }

    private static void TakeAll(RunningServer server)
    {
        var places = server.Get<LargeBodies>().Places;
        Assert.All(Enumerable.Range(0, places.Capacity), _ => Assert.Null(places.TryTake(null)));
    }

    private static void GiveBackAll(RunningServer server)
    {
        var places = server.Get<LargeBodies>().Places;
        for (var i = 0; i < places.Capacity; i++)
        {
            places.GiveBack(null);
        }
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
