using System.Globalization;
using System.Text;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A program that reads 10 000 small files and writes 64 MiB: our sandbox against plain Wasmtime with its own WASI on the host's file system.</summary>
internal static class FileBenchmark
{
    private const int Directories = 100;
    private const int FilesEach = 100;
    private const double Goal = 1.0;

    public static async Task RunAsync()
    {
        Console.WriteLine($"\nFile-heavy guest ({Directories * FilesEach} files read, 64 MiB written): our sandbox ÷ plain Wasmtime with its own WASI");
        var module = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "guests", "files.wasm"));
        var both = new BenchCommand(module, "many", "data.bin", "64") { Files = Tree() };
        using var threads = new GuestThreads(1);
        await threads.RunAsync(() =>
        {
            using var memory = HostDirectory.InMemory();
            using var disk = HostDirectory.OnDisk();
            Measure("read and write, directory in memory", both, memory, Goal);
            Measure("read and write, directory on disk", both, disk, Goal);
            Measure("only reading, directory in memory", both with { Arguments = ["many", "data.bin", "0"] }, memory, null);
            Measure("only writing, directory in memory", both with { Arguments = ["empty", "data.bin", "64"], Files = new Dictionary<string, byte[]> { ["empty/file"] = [] } }, memory, null);
            return true;
        });
    }

    private static void Measure(string name, BenchCommand command, HostDirectory directory, double? target)
    {
        using var plain = new PlainGuest(command, directory.Directory);
        using var guest = new BenchGuest(command);
        plain.RunCommand();
        if (!guest.Run().Stdout.Span.SequenceEqual(plain.Stdout))
        {
            throw new InvalidOperationException("The two print different checksums.");
        }

        Ratio.Measure($"  {name}", 1, plain.RunCommand, () => guest.Run(), target);
    }

    private static Dictionary<string, byte[]> Tree()
    {
        var files = new Dictionary<string, byte[]>();
        for (var number = 0; number < Directories * FilesEach; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"many/{number / FilesEach:00}/{number % FilesEach:00}.txt");
            files[name] = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(name, 10 + number % 80)));
        }

        return files;
    }
}
