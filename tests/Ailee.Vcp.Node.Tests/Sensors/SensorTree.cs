using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Node.Sensors;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Node.Tests.Sensors;

/// <summary>A machine's <c>/proc</c> and <c>/sys</c> as a test writes them, and a clock.</summary>
internal sealed class SensorTree : IDisposable
{
    private const string Rapl = "sys/class/powercap/intel-rapl:";

    private readonly TempDirectory _directory = new();

    public FakeTimeProvider Time { get; } = new();

    public string Root => _directory.Path;

    public MachineSensors Sensors() => new(Time, null, Root);

    /// <summary>One reading by sensors that never read before.</summary>
    public NodeTelemetry Read() => Sensors().Read(0, 0);

    public void Write(string path, string content) => Write(path, System.Text.Encoding.Latin1.GetBytes(content));

    public void Write(string path, byte[] content)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Root, path));

    public void DeleteDirectory(string path) => Directory.Delete(Path.Combine(Root, path), recursive: true);

    /// <summary>Ticks of all processors: those of processes, those that nobody used.</summary>
    public void Stat(long user, long idle) => Write("proc/stat", $"cpu  {user} 0 0 {idle} 0 0 0 0 0 0\ncpu0 {user} 0 0 {idle} 0 0 0 0 0 0\nintr 1 2 3\n");

    public void Meminfo(long totalKb, long availableKb) =>
        Write("proc/meminfo", $"MemTotal:       {totalKb} kB\nMemFree:        12 kB\nMemAvailable:   {availableKb} kB\n");

    /// <summary>A RAPL zone at the top.</summary>
    public void Package(int zone, long microjoules, string? name = null, long range = 262_143_328_850)
    {
        Write($"{Rapl}{zone}/name", $"{name ?? $"package-{zone}"}\n");
        Write($"{Rapl}{zone}/energy_uj", $"{microjoules}\n");
        Write($"{Rapl}{zone}/max_energy_range_uj", $"{range}\n");
    }

    public void Supply(string name, string type, params (string File, string Content)[] files)
    {
        Write($"sys/class/power_supply/{name}/type", $"{type}\n");
        foreach (var (file, content) in files)
        {
            Write($"sys/class/power_supply/{name}/{file}", $"{content}\n");
        }
    }

    public void Dispose() => _directory.Dispose();
}
