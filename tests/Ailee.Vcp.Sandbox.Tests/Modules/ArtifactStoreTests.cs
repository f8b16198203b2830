using System.Security.Cryptography;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

/// <summary>Artifacts on disk are native code: what is not exactly what this service wrote is never loaded.</summary>
public sealed class ArtifactStoreTests : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] One = ModuleCacheTests.Numbered(1);
    private static readonly byte[] Two = ModuleCacheTests.Numbered(2);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vcp-artifacts-");
    private readonly GuestThreads _threads = new(1);

    [Fact]
    public async Task Prepare_InAnotherSandbox_LoadsFromDisk()
    {
        await PrepareAsync(One);

        var statistics = await PrepareAsync(One);

        Assert.Equal(1, statistics.DiskHits);
        Assert.Equal(0, statistics.Compilations);
        Assert.Equal(0, statistics.RejectedArtifacts);
        Assert.Equal(1, statistics.Entries);
        Assert.True(statistics.Bytes > 0);
    }

    [Fact]
    public async Task Prepare_FromDisk_DescribesTheModuleAlike()
    {
        using var compiling = new WasmSandbox(new SandboxOptions(), _directory.FullName, Key);
        using var compiled = await SandboxFixture.PrepareAsync(compiling, SandboxFixture.Wat(SandboxFixture.Guest("everything.wat")));
        using var loading = new WasmSandbox(new SandboxOptions(), _directory.FullName, Key);
        using var loaded = await SandboxFixture.PrepareAsync(loading, SandboxFixture.Wat(SandboxFixture.Guest("everything.wat")));

        Assert.Equal(1, loading.CacheStatistics.DiskHits);
        Assert.False(loaded.CacheHit);
        Assert.Equal(compiled.Description.Kind, loaded.Description.Kind);
        Assert.Equal(compiled.Description.MinimumMemoryPages, loaded.Description.MinimumMemoryPages);
        Assert.Equal(compiled.Description.Imports.Select(import => $"{import}"), loaded.Description.Imports.Select(import => $"{import}"));
        Assert.Equal(compiled.Description.Exports.Select(export => export.Name), loaded.Description.Exports.Select(export => export.Name));
    }

    [Fact]
    public async Task Prepare_AnyByteFlipped_CompilesAgain()
    {
        await PrepareAsync(One);
        await PrepareAsync(Two);
        var path = PathOf(One);
        var artifact = await File.ReadAllBytesAsync(path);
        // Room for one module in memory, so that each looks at the disk after the other.
        using var sandbox = new WasmSandbox(new SandboxOptions { CacheMemoryBytes = 0 }, _directory.FullName, Key);
        var rejected = 0;

        // Every byte of the code and its header near the front, and a sample of the rest.
        var places = Enumerable.Range(0, 64).Concat(Enumerable.Range(1, 40).Select(i => i * (artifact.Length - 1) / 40)).Distinct();
        foreach (var at in places)
        {
            var flipped = (byte[])artifact.Clone();
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(path, flipped);
            (await SandboxFixture.PrepareAsync(sandbox, Two)).Dispose();

            var result = await RunAsync(sandbox, One, "f1");

            rejected++;
            Assert.Equal([SandboxFixture.I32(1)], result.Output.Results);
            Assert.Equal((rejected, rejected, rejected), (sandbox.CacheStatistics.RejectedArtifacts, sandbox.CacheStatistics.Compilations, sandbox.CacheStatistics.DiskHits));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(-1)]
    public async Task Prepare_Truncated_CompilesAgain(int length)
    {
        await PrepareAsync(One);
        var artifact = await File.ReadAllBytesAsync(PathOf(One));
        await File.WriteAllBytesAsync(PathOf(One), artifact[..(length < 0 ? artifact.Length + length : length)]);

        AssertCompiledAgain(await PrepareAsync(One));
    }

    [Fact]
    public async Task Prepare_TrailingByte_CompilesAgain()
    {
        await PrepareAsync(One);
        await File.AppendAllBytesAsync(PathOf(One), new byte[1]);

        AssertCompiledAgain(await PrepareAsync(One));
    }

    [Fact]
    public async Task Prepare_FilesOfTwoModulesSwapped_CompilesBothAgain()
    {
        await PrepareAsync(One);
        await PrepareAsync(Two);
        var (one, two) = (await File.ReadAllBytesAsync(PathOf(One)), await File.ReadAllBytesAsync(PathOf(Two)));
        await File.WriteAllBytesAsync(PathOf(One), two);
        await File.WriteAllBytesAsync(PathOf(Two), one);

        AssertCompiledAgain(await PrepareAsync(One));
        AssertCompiledAgain(await PrepareAsync(Two));
    }

    [Fact]
    public async Task Prepare_WrittenUnderAnotherKey_CompilesAgain()
    {
        await PrepareAsync(One, RandomNumberGenerator.GetBytes(32));

        AssertCompiledAgain(await PrepareAsync(One));
    }

    [Fact]
    public async Task Prepare_AuthenticButNotLoadable_CompilesAgain()
    {
        // What an engine of another build would have written under the same key.
        Assert.True(Store(EngineProfile.Digest).TryWrite(Digest.Of(One), "not an artifact"u8));

        AssertCompiledAgain(await PrepareAsync(One));
    }

    [Fact]
    public async Task Prepare_ArtifactOfAnotherProfile_IsNotSeenNorBelieved()
    {
        var other = Digest.Of("another profile"u8);
        await PrepareAsync(One);
        var foreign = Path.Combine(_directory.FullName, other.ToHex()[..16]);
        Directory.CreateDirectory(foreign);
        File.Copy(PathOf(One), Path.Combine(foreign, Path.GetFileName(PathOf(One))));

        Assert.Null(Store(other).Read(Digest.Of(One), out var rejected));
        Assert.True(rejected);
        Assert.NotNull(Store(EngineProfile.Digest).Read(Digest.Of(One), out _));
    }

    [Fact]
    public async Task Prepare_RegularFileInTheDirectorysPlace_WorksWithoutDisk()
    {
        var file = Path.Combine(_directory.FullName, "file");
        await File.WriteAllTextAsync(file, "in the way");
        using var sandbox = new WasmSandbox(new SandboxOptions(), file, Key);

        var result = await RunAsync(sandbox, One, "f1");

        Assert.Equal([SandboxFixture.I32(1)], result.Output.Results);
        Assert.Equal(1, sandbox.CacheStatistics.Compilations);
        Assert.Equal(0, sandbox.CacheStatistics.RejectedArtifacts);
        sandbox.Forget(Digest.Of(One));
    }

    [Fact]
    public async Task Prepare_DirectoryInTheFilesPlace_WorksWithoutDisk()
    {
        await PrepareAsync(One);
        File.Delete(PathOf(One));
        Directory.CreateDirectory(PathOf(One));

        var statistics = await PrepareAsync(One);

        Assert.Equal(1, statistics.Compilations);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(PathOf(One))!));
    }

    [Fact]
    public async Task Forget_Module_IsGoneFromMemoryAndDisk()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions(), _directory.FullName, Key);
        (await SandboxFixture.PrepareAsync(sandbox, One)).Dispose();
        (await SandboxFixture.PrepareAsync(sandbox, Two)).Dispose();

        sandbox.Forget(Digest.Of(One));
        sandbox.Forget(Digest.Of(One));

        Assert.Equal(1, sandbox.CacheStatistics.Entries);
        Assert.False(File.Exists(PathOf(One)));
        Assert.True(File.Exists(PathOf(Two)));
        (await SandboxFixture.PrepareAsync(sandbox, One)).Dispose();
        Assert.Equal(3, sandbox.CacheStatistics.Compilations);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(33)]
    public void New_KeyOfAnotherLength_Throws(int length)
    {
        Assert.Throws<ArgumentException>(() => new WasmSandbox(new SandboxOptions(), _directory.FullName, new byte[length]));
    }

    public void Dispose()
    {
        _threads.Dispose();
        _directory.Delete(recursive: true);
    }

    private static void AssertCompiledAgain(CacheStatistics statistics)
    {
        Assert.Equal(1, statistics.RejectedArtifacts);
        Assert.Equal(1, statistics.Compilations);
        Assert.Equal(0, statistics.DiskHits);
    }

    // A new sandbox each time, as after a restart. The module must do what it does, wherever it came from.
    private async Task<CacheStatistics> PrepareAsync(byte[] module, byte[]? key = null)
    {
        using var sandbox = new WasmSandbox(new SandboxOptions(), _directory.FullName, key ?? Key);
        var number = module == One ? 1 : 2;
        var result = await RunAsync(sandbox, module, $"f{number}");
        Assert.Equal([SandboxFixture.I32(number)], result.Output.Results);
        return sandbox.CacheStatistics;
    }

    private async Task<ExecutionResult.Conclusive> RunAsync(WasmSandbox sandbox, byte[] module, string entrypoint) =>
        Assert.IsType<ExecutionResult.Conclusive>(await SandboxFixture.RunOnAsync(sandbox, _threads, module, SandboxFixture.Request(module, entrypoint, SandboxFixture.Function())));

    private ArtifactStore Store(Digest profile) => new(_directory.FullName, Key, profile, long.MaxValue, TimeProvider.System);

    private string PathOf(byte[] module) => Path.Combine(_directory.FullName, EngineProfile.Digest.ToHex()[..16], $"{Digest.Of(module).ToHex()}.cwasm");
}
