using System.Diagnostics;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Overload;

/// <summary>Before disk or memory are full the server takes no more work, says so, and completes what it accepted.</summary>
public sealed class ResourceWatchTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData("storage", 255, 320)]
    [InlineData("memory", 127, 160)]
    public async Task Work_TooLittleLeft_RefusedUntilThereIsEnough(string resource, long low, long enough)
    {
        var probe = new FakeProbe();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var server = await StartAsync(probe, time);
        using var node = new ActingNode(server);
        var module = await server.Client.UploadAsync(Guests.Math);
        var accepted = await server.Client.SubmitAsync(module, "add", 1, 2);

        await SetAsync(server, probe, time, resource, low * Mebibyte);

        var body = $$"""{"module":"{{module}}","entrypoint":"add","args":[1,2]}""";
        await RefusedAsync(server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json), resource);
        await RefusedAsync(server.Http.PostAsync("api/v1/tasks:batch", $$"""{"tasks":[{{body}}]}""", MediaTypes.Json), resource);
        await RefusedAsync(server.Http.PostAsync("api/v1/modules", Guests.Unique(1), MediaTypes.Wat), resource);
        await RefusedAsync(server.Http.PostAsync("api/v1/bundles", [], MediaTypes.Tar), resource);
        await RefusedAsync(server.Http.GetAsync("health/ready"), resource);
        var metrics = await server.Http.GetStringAsync("metrics");
        Assert.Contains($"vcp_resource_low{{resource=\"{resource}\"}} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"vcp_resource_free_bytes{{resource=\"{resource}\"}} {low * Mebibyte}\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"vcp_requests_refused_total{{code=\"{resource}-low\"}} 4\n", metrics, StringComparison.Ordinal);
        using var live = await server.Http.GetAsync("health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        // What was accepted comes to its end, and can be read.
        await node.AnswerAsync(await node.LeaseAsync());
        Assert.Equal(TaskStates.Completed, (await server.Client.GetTaskAsync(accepted, null, default)).State);

        await SetAsync(server, probe, time, resource, (enough * Mebibyte) - 1);
        await RefusedAsync(server.Http.GetAsync("health/ready"), resource);
        await SetAsync(server, probe, time, resource, enough * Mebibyte);
        Assert.NotEqual(default, await server.Client.SubmitAsync(module, "add", 3, 4));
        using var ready = await server.Http.GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task Start_TooLittleLeft_TakesNoWorkFromTheFirstRequestOn()
    {
        var probe = new FakeProbe { StorageBytes = 0 };
        await using var server = await StartAsync(probe, new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60)));

        await server.Http.PostAsync("api/v1/modules", Guests.Unique(1), MediaTypes.Wat).ProblemAsync("storage-low");
    }

    [Fact]
    public async Task Work_NotKnownWhatIsLeft_IsTaken()
    {
        await using var server = await StartAsync(new FakeProbe { StorageBytes = null, MemoryBytes = null }, TimeProvider.System);

        await server.Client.UploadAsync(Guests.Math);

        Assert.DoesNotContain("vcp_resource_free_bytes{", await server.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_ThisMachine_KnowsWhatIsLeft()
    {
        using var directory = new TempDirectory();
        using var data = new Server.Storage.DataDirectory(new Server.Storage.StorageOptions { DataDirectory = directory.Path });
        var probe = new MachineProbe(data, TimeProvider.System);

        Assert.InRange(probe.FreeStorageBytes()!.Value, 1, long.MaxValue);
        Assert.True(!OperatingSystem.IsLinux() || probe.FreeMemoryBytes() > 0);
    }

    [Fact]
    public async Task Work_RealDiskNearlyFull_RefusedAndTheNodesResultIsTaken()
    {
        using var mount = SmallMount.TryMake(64);
        Assert.SkipWhen(mount is null, "It takes root to mount a file system.");
        await using var server = await RunningServer.StartAsync(new ServerSetup { Directory = mount!.Path, NodeWorks = false, Configuration = { ["Overload:FreeStorageBytes"] = $"{16 * Mebibyte}" } });
        using var node = new ActingNode(server);
        var accepted = await server.Client.SubmitAsync(await server.Client.UploadAsync(Guests.Flood), "some", 100);
        Assert.Null(server.Get<ResourceWatch>().Problem);

        var filler = Path.Combine(mount.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[Math.Max(0, new DriveInfo(mount.Path).AvailableFreeSpace - (8 * Mebibyte))]);
        server.Get<ResourceWatch>().Tick();

        await server.Http.PostAsync("api/v1/modules", Guests.Unique(1), MediaTypes.Wat).ProblemAsync("storage-low");
        await node.AnswerAsync(await node.LeaseAsync());
        Assert.Equal(TaskStates.Completed, (await server.Client.GetTaskAsync(accepted, null, default)).State);

        File.Delete(filler);
        server.Get<ResourceWatch>().Tick();
        await server.Client.UploadAsync(Guests.Unique(1));
    }

    private static Task<RunningServer> StartAsync(FakeProbe probe, TimeProvider time) => RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Time = time,
        Configure = services => services.AddSingleton<IResourceProbe>(probe),
    });

    private static async Task SetAsync(RunningServer server, FakeProbe probe, FakeTimeProvider time, string resource, long bytes)
    {
        var watch = server.Get<ResourceWatch>();
        probe.StorageBytes = resource == "storage" ? bytes : probe.StorageBytes;
        probe.MemoryBytes = resource == "memory" ? bytes : probe.MemoryBytes;
        await LogCalls.UntilAsync(() => (resource == "storage" ? watch.Left.StorageBytes : watch.Left.MemoryBytes) == bytes, () => time.Advance(TimeSpan.FromSeconds(1)));
    }

    private static async Task RefusedAsync(Task<HttpResponseMessage> call, string resource)
    {
        using var response = await call;
        Assert.Equal(resource == "storage" ? "30" : "5", Assert.Single(response.Headers.GetValues("Retry-After")));
        await response.ProblemAsync($"{resource}-low");
    }

    private sealed class FakeProbe : IResourceProbe
    {
        public long? StorageBytes { get; set; } = 1L << 40;

        public long? MemoryBytes { get; set; } = 1L << 40;

        public long? FreeStorageBytes() => StorageBytes;

        public long? FreeMemoryBytes() => MemoryBytes;
    }

    /// <summary>A small file system in memory, unmounted at the end.</summary>
    private sealed class SmallMount : IDisposable
    {
        private readonly TempDirectory _directory = new();

        public string Path => _directory.Path;

        public static SmallMount? TryMake(int mebibytes)
        {
            if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            {
                return null;
            }

            var mount = new SmallMount();
            if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", mount.Path) == 0)
            {
                return mount;
            }

            mount._directory.Dispose();
            return null;
        }

        public void Dispose()
        {
            Run("umount", "--lazy", Path);
            _directory.Dispose();
        }

        private static int Run(string command, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
