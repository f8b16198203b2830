using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Benchmarks;

/// <summary>
/// CPython: a short program in our sandbox against plain Wasmtime with its own WASI, and how soon the interpreter is ready after a
/// restart. The interpreter is what examples/python/run.py has fetched.
/// </summary>
internal static class PythonBenchmark
{
    private const string Variable = "VCP_CPYTHON";
    private const string ModuleName = "python-3.11.3.wasm";
    private const string LibraryName = "python-3.11.3.tar.gz";
    private const int Restarts = 7;

    public static async Task RunAsync()
    {
        Console.WriteLine("\nCPython: our sandbox ÷ plain Wasmtime with its own WASI");
        var directory = Environment.GetEnvironmentVariable(Variable)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "ailee-vcp", "cpython");
        if (!File.Exists(Path.Combine(directory, ModuleName)) || !File.Exists(Path.Combine(directory, LibraryName)))
        {
            Console.WriteLine($"  skipped: no {ModuleName} and {LibraryName} in {directory}. Run examples/python/run.py once, or set {Variable} to its --cache directory.");
            return;
        }

        var module = await File.ReadAllBytesAsync(Path.Combine(directory, ModuleName));
        var hello = new BenchCommand(module, "-c", "print('hello')")
        {
            Environment = new Dictionary<string, string> { ["PYTHONHOME"] = "/python" },
            Files = Library(Path.Combine(directory, LibraryName)),
        };
        using var threads = new GuestThreads(1);
        await threads.RunAsync(() =>
        {
            using var memory = HostDirectory.InMemory();
            using var plain = new PlainGuest(hello, memory.Directory);
            using var guest = new BenchGuest(hello);
            plain.RunCommand();
            var run = guest.Run();
            if (!run.Stdout.Span.SequenceEqual(plain.Stdout))
            {
                throw new InvalidOperationException("The two print different things.");
            }

            Ratio.Measure($"  hello, warm ({run.Instructions} instructions)", 1, plain.RunCommand, () => guest.Run(), 1.1);
            return true;
        });
        await RestartAsync(module);
    }

    private static async Task RestartAsync(byte[] module)
    {
        var cache = Directory.CreateTempSubdirectory("vcp-bench-");
        try
        {
            var compiled = await ReadyAsync(module, cache);
            var loaded = new List<TimeSpan>();
            for (var restart = 0; restart < Restarts; restart++)
            {
                loaded.Add(await ReadyAsync(module, cache));
            }

            Console.WriteLine($"  ready after a restart, from the disk cache: {loaded.Order().ElementAt(Restarts / 2).TotalMilliseconds:0} ms (target ≤ 300), compiled: {compiled.TotalMilliseconds:0} ms");
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    // A sandbox of its own has nothing in memory: what it does not find on disk it compiles.
    private static async Task<TimeSpan> ReadyAsync(byte[] module, DirectoryInfo cache)
    {
        var digest = Digest.Of(module);
        using var sandbox = new WasmSandbox(new SandboxOptions(), cache.FullName, new byte[32]);
        var start = Stopwatch.GetTimestamp();
        using var lease = await sandbox.PrepareAsync(digest, _ => Task.FromResult<ReadOnlyMemory<byte>>(module), CancellationToken.None);
        return Stopwatch.GetElapsedTime(start);
    }

    // As examples/python/cpython.py spreads it out.
    private static Dictionary<string, byte[]> Library(string archive)
    {
        const string Home = "python/lib/python3.11/";
        var files = new Dictionary<string, byte[]> { [Home + "lib-dynload/.empty"] = [] };
        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.Name == "usr/local/lib/python3.11/os.py")
            {
                files[Home + "os.py"] = ReadAll(entry.DataStream!);
            }
            else if (entry.Name == "usr/local/lib/python311.zip")
            {
                using var zip = new ZipArchive(entry.DataStream!);
                foreach (var member in zip.Entries.Where(member => !member.FullName.EndsWith('/')))
                {
                    using var content = member.Open();
                    files[Home + member.FullName] = ReadAll(content);
                }
            }
        }

        return files;
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
