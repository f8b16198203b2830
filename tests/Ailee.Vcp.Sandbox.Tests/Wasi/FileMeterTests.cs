using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>What each call costs, to the instruction: 100 for the call, 20 for an entry or a name, 1 for a byte.</summary>
public sealed class FileMeterTests(SandboxFixture fixture)
{
    private const int Root = GuestFiles.Root;
    private const int First = GuestFiles.First;

    private static readonly Bundle Bundle = TestBundle.Of(
        TestBundle.File("d/e/f", "bundled"), TestBundle.Link("l", "d/e/f"), TestBundle.Link("d/up", "../l"), TestBundle.Directory("empty"));

    /// <summary>Calls with numbers only, after <c>d/e/f</c> was opened as 5 and the root as 6; at 0 are two vectors of 3 and 100 bytes.</summary>
    public static TheoryData<string, long[], long> Calls => new()
    {
        { "sched_yield", [], 100 },
        { "fd_close", [First], 100 },
        { "fd_close", [99], 100 },
        { "fd_renumber", [First, First + 1], 100 },
        { "fd_fdstat_get", [First, 64], 100 },
        { "fd_fdstat_set_flags", [First, 1], 100 },
        { "fd_fdstat_set_rights", [First, 0, 0], 100 },
        { "fd_advise", [First, 0, 0, 0], 100 },
        { "fd_sync", [First], 100 },
        { "fd_datasync", [First], 100 },
        { "fd_filestat_get", [First, 64], 100 },
        { "fd_filestat_set_size", [First, 1000], 100 },
        { "fd_allocate", [First, 0, 1000], 100 },
        { "fd_filestat_set_times", [First, 0, 0, 0], 100 },
        { "fd_prestat_get", [Root, 64], 100 },
        { "fd_prestat_dir_name", [Root, 64, 1], 101 },
        { "fd_seek", [First, 1, 0, 64], 100 },
        { "fd_tell", [First, 64], 100 },
        { "fd_read", [First, 0, 2, 64], 100 + 40 + 7 },
        { "fd_read", [First, 0, 1, 64], 100 + 20 + 3 },
        { "fd_pread", [First, 0, 2, 5, 64], 100 + 40 + 2 },
        { "fd_read", [First, 0, 2, -1], 100 + 40 },
        { "fd_write", [First, 0, 2, 64], 100 + 40 + 103 },
        { "fd_pwrite", [First, 0, 1, 1000, 64], 100 + 20 + 3 },
        { "fd_write", [First, 0, 2, -1], 100 + 40 },
        { "fd_write", [First, 0, 1025, 64], 100 },
        { "fd_readdir", [First + 1, 2000, 1000, 0, 64], 100 + (20 * 3) + (20 * 5) + (24 * 5) + 1 + 2 + 1 + 1 + 5 },
        { "fd_readdir", [First + 1, 2000, 30, 0, 64], 100 + (20 * 3) + (20 * 2) + 30 },
        { "fd_readdir", [First + 1, 2000, 0, 0, 64], 100 + (20 * 3) },
        { "path_open", [Root, 0, 300, 5000, 0, 0, 0, 0, 64], 100 },
        { "path_open", [Root, 0, 300, 4096, 0, 0, 0, 0, -1], 100 + 4096 },
    };

    /// <summary>Calls on one path: the numbers after the descriptor and before the path, those after it, the path, the names that are looked at.</summary>
    public static TheoryData<string, long[], string, long[], long> PathCalls => new()
    {
        { "path_filestat_get", [1], ".", [64], 1 },
        { "path_filestat_get", [1], "d/e/f", [64], 3 },
        { "path_filestat_get", [1], "d//e/.././e/f", [64], 6 },
        { "path_filestat_get", [0], "l", [64], 1 },
        { "path_filestat_get", [1], "l", [64], 1 + 3 },
        { "path_filestat_get", [1], "d/up", [64], 2 + 2 + 3 },
        { "path_filestat_get", [1], "missing/a/b/c", [64], 4 },
        { "path_filestat_get", [1], "/d", [64], 0 },
        { "path_filestat_get", [1], "", [64], 0 },
        { "path_filestat_set_times", [1], "d/e", [0, 0, 0], 2 },
        { "path_create_directory", [], "d/new", [], 2 },
        { "path_create_directory", [], "d/e", [], 2 },
        { "path_remove_directory", [], "empty", [], 1 },
        { "path_unlink_file", [], "d/e/f", [], 3 },
        { "path_open", [1], "d/e/f", [0, 0, 0, 0, 64], 3 },
        { "path_open", [1], "new", [GuestFiles.Create, 0, 0, 0, 64], 1 },
        { "path_open", [1], "missing", [0, 0, 0, 0, 64], 1 },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_Numbers_CostsExactly(string name, long[] arguments, long cost)
    {
        var script = new GuestScript().Vectors(0, (1000, 3), (1100, 100)).Open("d/e/f").OpenDirectory(".").Call(name, arguments);

        Assert.Equal(cost, await LastCostAsync(script));
    }

    [Theory]
    [MemberData(nameof(PathCalls))]
    public async Task Call_Path_CostsItsBytesAndNames(string name, long[] before, string path, long[] after, long names)
    {
        GuestArgument[] arguments = [Root, .. before.Select(number => (GuestArgument)number), path, .. after.Select(number => (GuestArgument)number)];

        Assert.Equal(100 + path.Length + (20 * names), await LastCostAsync(new GuestScript().Call(name, arguments)));
    }

    [Fact]
    public async Task Call_TwoPaths_CostsBoth()
    {
        Assert.Equal(100 + 5 + 3 + (20 * (3 + 1)), await LastCostAsync(new GuestScript().Call("path_link", Root, 0, "d/e/f", Root, "new")));
        // The directories from the new name's up to the root are looked at too when a directory is moved.
        Assert.Equal(100 + 5 + 3 + (20 * (3 + 1)), await LastCostAsync(new GuestScript().Call("path_rename", Root, "d/e/f", Root, "new")));
        Assert.Equal(100 + 5 + 7 + (20 * (1 + 3 + 3)), await LastCostAsync(new GuestScript().Call("path_rename", Root, "empty", Root, "d/e/new")));
        Assert.Equal(100 + 4 + 3 + (20 * 1), await LastCostAsync(new GuestScript().Call("path_symlink", "goal", Root, "new")));
        Assert.Equal(100 + 1 + (20 * 1) + 5, await LastCostAsync(new GuestScript().Call("path_readlink", Root, "l", 500, 100, 64)));
        Assert.Equal(100 + 1 + (20 * 1) + 2, await LastCostAsync(new GuestScript().Call("path_readlink", Root, "l", 500, 2, 64)));
    }

    [Fact]
    public async Task Call_PathOfLinksOverAndOver_PaysForEveryNameOfEachOfThem()
    {
        // Each link is followed for one step of the path, so it must not be the host that pays for what it says.
        var target = "l/" + string.Concat(Enumerable.Repeat("./", 500));
        var bundle = TestBundle.Of(TestBundle.Link("l", target));

        var run = await new GuestScript().Call("path_filestat_get", Root, 1, "l", 64).RunAsync(fixture, bundle: bundle);

        Assert.Equal([Errno.Loop], run.Errnos);
        Assert.InRange(run.Result.Instructions, 20 * 40 * 500, 20 * 41 * 502);
    }

    [Fact]
    public async Task Call_BundleWithPreopens_CostsNoMoreForThem()
    {
        var preopened = new Bundle(Bundle.Entries, ["/d/e", "/empty"]);
        var script = new GuestScript().Call("path_filestat_get", 4, 1, ".", 64);

        var run = await script.RunAsync(fixture, bundle: preopened);

        Assert.Equal((await script.RunAsync(fixture, bundle: Bundle)).Result.Instructions, run.Result.Instructions);
    }

    private async Task<long> LastCostAsync(GuestScript script)
    {
        var run = await script.RunAsync(fixture, bundle: Bundle);
        var calls = DecodedTrace.Of(run.Result.Trace).Calls;

        // The guest's own: one for entering its function, one for each argument, one for the call.
        var own = WasiSignatures.Parameters(calls[^1].Name).Length + 1;
        return calls[^1].Instructions - own - (calls.Count > 1 ? calls[^2].Instructions : 1);
    }
}
