using System.Text.Json;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Cli.Tests.Log;

public sealed class FsckCommandTests : IDisposable
{
    private const int Large = 100_000;

    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(Large)]
    public async Task Fsck_SoundDirectory_SaysSo(int size)
    {
        var log = new TestLog(size);

        var run = await OfDirectoryAsync(log, pending: 2);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        Assert.Equal($"2 entries are not integrated yet\n{size} entries of {TestLog.Origin}, root {log.Root}\nSOUND\n", run.Stdout);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(Large)]
    public async Task Fsck_SoundServer_SaysSo(int size)
    {
        var log = new TestLog(size);
        await using var server = await LogServer.StartAsync(log);

        var run = await CliRun.OfAsync("log", "fsck", server.Address, "--key", TestLog.NoteKey.ToString(), "--json");

        Assert.Equal(0, run.ExitCode);
        var report = JsonDocument.Parse(run.StdoutBytes).RootElement;
        Assert.Equal((true, size, log.Root.ToString()), (report.GetProperty("sound").GetBoolean(), report.GetProperty("size").GetInt32(), report.GetProperty("root").GetString()));
    }

    [Theory]
    [InlineData("UPDATE log_tiles SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 234", "tile/0/234: is not what the entries give")]
    [InlineData("UPDATE log_tiles SET hashes = zeroblob(8192) WHERE level = 1 AND idx = 0", "tile/1/000: is not what the entries give")]
    [InlineData("UPDATE log_tiles SET hashes = substr(hashes, 1, 32) WHERE level = 0 AND idx = 234", "tile/0/234: is not what the entries give")]
    [InlineData("UPDATE log_tiles SET hashes = zeroblob(32) WHERE level = 2", "tile/2/000.p/1: is not what the entries give")]
    [InlineData("DELETE FROM log_tiles WHERE level = 0 AND idx = 390", "tile/0/390.p/160: is missing")]
    [InlineData("INSERT INTO log_tiles (level, idx, hashes) VALUES (0, 1234, x'')", "tile/0/x001/234: a log of 100000 entries has no such tile")]
    [InlineData("DELETE FROM log_entries WHERE idx = 70000", "entry 70000: is missing, or not 32 bytes long")]
    [InlineData("DELETE FROM orchestrator_statements WHERE id = (SELECT digest FROM log_entries WHERE idx = 5)", "entry 5: no statement sha256:")]
    [InlineData("UPDATE orchestrator_statements SET statement = x'd2' WHERE id = (SELECT digest FROM log_entries WHERE idx = 99999)", "entry 99999: the statement stored as sha256:")]
    [InlineData("UPDATE log_tree SET root = zeroblob(32)", "root: sha256:0000000000000000000000000000000000000000000000000000000000000000 is stored")]
    [InlineData("UPDATE log_tree SET note = x'00'", "checkpoint: cannot be read")]
    [InlineData("UPDATE log_tree SET origin = 'another'", "checkpoint: is not signed by another+")]
    public async Task Fsck_OneThingWrong_IsTheOnlyOneNamed(string sql, string fault)
    {
        var run = await OfDirectoryAsync(new TestLog(Large), sql: sql);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(fault, run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("NOT SOUND: 1 faults\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fsck_OtherEntryThanThatOfTheTiles_NamesEveryTileAboveIt()
    {
        var run = await OfDirectoryAsync(new TestLog(1000), sql: "UPDATE log_entries SET digest = zeroblob(32) WHERE idx = 300");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            ["tile/0/001", "tile/1/000.p/3", "root", "checkpoint", "entry 300", "1000 entries of urn", "NOT SOUND"],
            run.Stdout.TrimEnd().Split('\n').Select(line => line[..line.LastIndexOf(':', line.IndexOf(':', StringComparison.Ordinal))].Split(": ")[0]));
    }

    [Fact]
    public async Task Fsck_OneBitOfEachTile_NamesThatTile()
    {
        var log = new TestLog(1000);
        await using var server = await LogServer.StartAsync(log);
        foreach (var ((level, index), hashes) in log.Tiles)
        {
            hashes[^1] ^= 1;

            var run = await CliRun.OfAsync("log", "fsck", server.Address);

            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"tile/{new TilePath(level, index, hashes.Length / Digest.SizeBytes)}: is not", run.Stdout, StringComparison.Ordinal);
            hashes[^1] ^= 1;
        }
    }

    [Fact]
    public async Task Fsck_EntryTwice_IsNamed()
    {
        var log = new TestLog(300);
        log.Fill(310);
        await using var server = await LogServer.StartAsync(log);
        var (first, again) = (log.Tile(new TilePath(-1, 0, 256))!, log.Tile(new TilePath(-1, 1, 54))!);
        first.AsSpan(34 * 7, 34).CopyTo(again);
        server.Before = context => Answer(context, "/api/v1/log/tile/entries/001.p/54", again);

        var run = await CliRun.OfAsync("log", "fsck", server.Address);

        Assert.Contains($"entry 256: {log.Entries[7]} stands in the log before\n", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    [InlineData(34 * 9)]
    public async Task Fsck_BundleThatIsCutOff_NamesTheEntriesThatAreNotThere(int length)
    {
        await using var server = await LogServer.StartAsync(new TestLog(10));
        server.Before = context => Answer(context, "/api/v1/log/tile/entries/000.p/10", server.Log.Tile(new TilePath(-1, 0, 10))![..length]);

        var run = await CliRun.OfAsync("log", "fsck", server.Address);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"entry {length / 34}: is missing", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith($"NOT SOUND: {10 - (length / 34)} faults\n", run.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fsck_PartialTileThatIsServedFullOnly_IsFine()
    {
        var log = new TestLog(300);
        var note = log.Note();
        log.Fill(600);
        await using var server = await LogServer.StartAsync(log);
        server.Note = note;
        server.Before = context =>
        {
            var isOld = context.Request.Path.Value!.Contains(".p/44", StringComparison.Ordinal);
            context.Response.StatusCode = isOld ? 404 : 200;
            return isOld;
        };

        var run = await CliRun.OfAsync("log", "fsck", server.Address);

        Assert.Equal((0, true), (run.ExitCode, run.Stdout.EndsWith("SOUND\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Fsck_OtherKeyThanExpected_IsAFault()
    {
        await using var server = await LogServer.StartAsync(new TestLog(10));
        var other = new Core.Log.NoteKey(TestLog.Origin, TestLog.Orchestrator.PublicKey, Core.Log.NoteKeyType.Log).ToString();

        var run = await CliRun.OfAsync("log", "fsck", server.Address, "--key", _directory.Write("key", other + "\n"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"checkpoint: is not signed by {other}", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not-there")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Fsck_NoLog_Exits125(string place)
    {
        var run = await CliRun.OfAsync("log", "fsck", place);

        Assert.Equal(125, run.ExitCode);
        Assert.NotEmpty(run.Stderr);
    }

    [Fact]
    public async Task Fsck_DatabaseThatIsNone_Exits125()
    {
        _directory.Write("vcp.db", new string('x', 8192));

        var run = await CliRun.OfAsync("log", "fsck", Path.GetDirectoryName(_directory.Path("vcp.db"))!);

        Assert.Equal(125, run.ExitCode);
    }

    public void Dispose() => _directory.Dispose();

    private static bool Answer(HttpContext context, string path, byte[] body)
    {
        if (context.Request.Path != path)
        {
            return false;
        }

        context.Response.Body.WriteAsync(body).AsTask().GetAwaiter().GetResult();
        return true;
    }

    private async Task<CliRun> OfDirectoryAsync(TestLog log, int pending = 0, string? sql = null)
    {
        var path = _directory.Path("vcp.db");
        using (new SqliteDatabase(path))
        {
        }

        // The writer stays open, as that of a running server does.
        using var session = new SqliteSession(path);
        session.Execute("PRAGMA foreign_keys = OFF");
        session.Execute("BEGIN");
        for (var index = 0; index < log.Size + pending; index++)
        {
            var statement = index < log.Size ? log.Statement(log.Entries[index]) : [(byte)index];
            var id = Digest.Of(statement).ToArray();
            session.Execute("INSERT INTO log_entries (idx, digest, kind, logged_ms) VALUES ($idx, $id, 'enrolment', 0)", ("$idx", index), ("$id", id));
            session.Execute("INSERT INTO orchestrator_statements (id, kind, counter, issued_ms, statement) VALUES ($id, 'enrolment', $counter, 0, $statement)", ("$id", id), ("$counter", index), ("$statement", statement));
        }

        foreach (var ((level, index), hashes) in log.Tiles)
        {
            session.Execute("INSERT INTO log_tiles (level, idx, hashes) VALUES ($level, $idx, $hashes)", ("$level", level), ("$idx", index), ("$hashes", hashes));
        }

        session.Execute(
            "INSERT INTO log_tree (id, origin, log_key, size, root, note) VALUES (1, $origin, $key, $size, $root, $note)",
            ("$origin", TestLog.Origin),
            ("$key", TestLog.Key.PublicKey.Bytes.ToArray()),
            ("$size", log.Size),
            ("$root", log.Root.ToArray()),
            ("$note", log.Note()));
        if (sql is not null)
        {
            session.Execute(sql);
        }

        session.Execute("COMMIT");
        var run = await CliRun.OfAsync("log", "fsck", Path.GetDirectoryName(path)!);
        SqliteConnection.ClearAllPools();
        return run;
    }
}
