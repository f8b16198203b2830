using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Server.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private SqliteDatabase _database;

    public SqliteDatabaseTests()
    {
        _database = new SqliteDatabase(_directory.File("vcp.db"));
        // The journal of these tests: what was written, in the order in which it was.
        using var session = new SqliteSession(_directory.File("vcp.db"));
        session.Execute("CREATE TABLE journal (id INTEGER PRIMARY KEY AUTOINCREMENT, writer INTEGER NOT NULL, number INTEGER NOT NULL, UNIQUE (writer, number))");
    }

    [Fact]
    public async Task Write_ManyAtOnce_AllThereInTheOrderOfEachWriter()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async writer =>
        {
            for (var number = 0; number < 50; number++)
            {
                await AddAsync(writer, number);
            }
        }));

        Reopen();
        var rows = _database.Read(transaction => transaction.Query("SELECT writer, number FROM journal ORDER BY id", row => (Writer: row.Int64(0), Number: row.Int64(1))));
        Assert.Equal(1000, rows.Count);
        Assert.All(rows.GroupBy(row => row.Writer), group => Assert.Equal(Enumerable.Range(0, 50).Select(number => (long)number), group.Select(row => row.Number)));
    }

    [Fact]
    public async Task Write_OnlyStartedNotAwaited_InTheOrderOfTheCalls()
    {
        await Task.WhenAll(Enumerable.Range(0, 600).Select(number => AddAsync(1, number)).ToList());

        Assert.Equal(Enumerable.Range(0, 600).Select(number => (long)number), Numbers());
    }

    [Fact]
    public async Task Write_Answered_IsInTheFile()
    {
        await AddAsync(1, 7);

        // Another connection, as a process that looks after a crash would have.
        using var session = new SqliteSession(_directory.File("vcp.db"));
        Assert.Equal([7L], session.Query("SELECT number FROM journal", row => row.Int64(0)));
    }

    [Fact]
    public async Task Open_LogOfAProcessThatWasKilled_IsWrittenBackFirst()
    {
        await AddAsync(1, 7);
        CopyAsKilled();

        var log = new FileInfo(_directory.File("left-vcp.db-wal"));
        Assert.NotEqual(0, log.Length);

        using var database = new SqliteDatabase(_directory.File("left-vcp.db"));

        log.Refresh();
        Assert.Equal(0, log.Length);
        Assert.Equal([7L], database.Read(transaction => transaction.Query("SELECT number FROM journal", row => row.Int64(0))));
    }

    [Fact]
    public async Task Open_SomebodyReadsAnOlderState_DoesNotWaitForHim()
    {
        await AddAsync(1, 7);
        CopyAsKilled();

        using var reader = new SqliteSession(_directory.File("left-vcp.db"));
        reader.Execute("BEGIN");
        reader.Query("SELECT number FROM journal", row => row.Int64(0));

        using var database = new SqliteDatabase(_directory.File("left-vcp.db"));

        Assert.Equal([7L], database.Read(transaction => transaction.Query("SELECT number FROM journal", row => row.Int64(0))));
        reader.Execute("COMMIT");
    }

    [Fact]
    public async Task Write_MoreThanTheLogIsToHold_IsWrittenBack()
    {
        var large = new byte[5 << 20];
        await _database.WriteAsync(transaction => transaction.Execute("CREATE TABLE large (content BLOB)"));
        var file = new FileInfo(_directory.File("vcp.db"));
        Assert.True(file.Length < large.Length);

        await _database.WriteAsync(transaction => transaction.Execute("INSERT INTO large VALUES ($content)", ("$content", large)));
        // Written back by then: one group comes after the other.
        await _database.WriteAsync(transaction => transaction.Execute("DELETE FROM large"));

        file.Refresh();
        Assert.True(file.Length > large.Length);
    }

    [Fact]
    public async Task ReadShared_ManyAtOnce_EachItsOwnAnswerAndWhatWasWrittenBefore()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            await AddAsync(1, number);
            var found = await _database.ReadSharedAsync(transaction => transaction.QueryFirst("SELECT number FROM journal WHERE number = $number", row => row.Int64(0), ("$number", (long)number)));
            Assert.Equal(number, found);
        })));
    }

    [Fact]
    public async Task ReadShared_QueryThatThrows_FailsAlone()
    {
        await AddAsync(1, 7);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var before = _database.ReadSharedAsync(_ =>
        {
            begun.Set();
            gate.Wait();
            return true;
        });
        begun.Wait();
        var bad = _database.ReadSharedAsync<int>(_ => throw new InvalidOperationException("of the query"));
        var wrong = _database.ReadSharedAsync(transaction => transaction.Query("SELECT nothing FROM nowhere", row => row.Int64(0)));
        var good = _database.ReadSharedAsync(transaction => transaction.Query("SELECT number FROM journal", row => row.Int64(0)));
        gate.Set();

        Assert.True(await before);
        Assert.Equal("of the query", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        await Assert.ThrowsAsync<SqliteException>(() => wrong);
        Assert.Equal([7L], await good);
    }

    [Fact]
    public async Task ReadShared_AfterTheEnd_Fails()
    {
        _database.Dispose();

        await Assert.ThrowsAsync<StorageException>(() => _database.ReadSharedAsync(_ => true));

        _database = new SqliteDatabase(_directory.File("vcp.db"));
    }

    [Fact]
    public async Task Write_ChangeThatThrows_UndoneAlone()
    {
        using var gate = new ManualResetEventSlim();
        var before = HoldWriter(gate);
        var good = AddAsync(1, 1);
        var bad = _database.WriteAsync<int>(transaction =>
        {
            Add(transaction, 2, 2);
            throw new InvalidOperationException("of the change");
        });
        var alsoGood = AddAsync(1, 3);
        gate.Set();

        await Task.WhenAll(before, good, alsoGood);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => bad);

        Assert.Equal("of the change", exception.Message);
        Assert.Equal([1L, 3L], Numbers());
        Assert.Null(_database.Failure);
    }

    [Fact]
    public async Task Write_ConstraintViolation_FailsItsOwnChangeOnly()
    {
        using var gate = new ManualResetEventSlim();
        var before = HoldWriter(gate);
        var good = AddAsync(1, 1);
        var duplicate = AddAsync(1, 1);
        var alsoGood = AddAsync(1, 2);
        gate.Set();

        await Task.WhenAll(before, good, alsoGood);
        await Assert.ThrowsAsync<SqliteException>(() => duplicate);

        Assert.Equal([1L, 2L], Numbers());
        Assert.Null(_database.Failure);
    }

    [Fact]
    public async Task Write_DiskFull_FailsTheWholeGroupAndGoesOnWhenThereIsRoom()
    {
        await AddAsync(1, 1);
        var pages = await _database.WriteAsync(transaction => transaction.QueryFirst("PRAGMA max_page_count = 1", row => row.Int64(0)));
        using var gate = new ManualResetEventSlim();
        var before = HoldWriter(gate);
        var small = AddAsync(1, 2);
        var big = _database.WriteAsync(transaction => transaction.Execute("CREATE TABLE big AS SELECT randomblob(100000)"));
        var alsoSmall = AddAsync(1, 3);
        gate.Set();
        await before;

        Assert.True(pages > 1);
        await Assert.ThrowsAsync<StorageException>(() => big);
        await Assert.ThrowsAsync<StorageException>(() => small);
        await Assert.ThrowsAsync<StorageException>(() => alsoSmall);
        Assert.NotNull(_database.Failure);
        Assert.Equal([1L], Numbers());

        await _database.WriteAsync(transaction => transaction.QueryFirst("PRAGMA max_page_count = 1000000", row => row.Int64(0)));
        await _database.WriteAsync(transaction => transaction.Execute("CREATE TABLE big AS SELECT randomblob(100000)"));
        await AddAsync(1, 4);
        Assert.Null(_database.Failure);
        Assert.Equal([1L, 4L], Numbers());
    }

    [Fact]
    public async Task Read_WhileAWriteIsOpen_SeesTheStateBefore()
    {
        await AddAsync(1, 1);
        using var written = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var write = _database.WriteAsync(transaction =>
        {
            Add(transaction, 1, 2);
            written.Set();
            gate.Wait();
            return true;
        });
        written.Wait();

        Assert.Equal([1L], Numbers());
        gate.Set();
        await write;
        Assert.Equal([1L, 2L], Numbers());
    }

    [Fact]
    public async Task Read_SeveralQueries_SeeOneSnapshot()
    {
        var counts = _database.Read(transaction =>
        {
            var first = Count(transaction);
            AddAsync(1, 1).GetAwaiter().GetResult();
            return (first, Count(transaction));
        });

        Assert.Equal((0, 0), counts);
        Assert.Equal([1L], Numbers());
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Write_AfterDispose_StorageException()
    {
        _database.Dispose();

        await Assert.ThrowsAsync<StorageException>(() => AddAsync(1, 1));
    }

    public void Dispose()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    // What a process that is killed now would leave.
    private void CopyAsKilled()
    {
        foreach (var name in new[] { "vcp.db", "vcp.db-wal" })
        {
            File.Copy(_directory.File(name), _directory.File($"left-{name}"));
        }
    }

    private static int Add(IWriteTransaction transaction, long writer, long number) =>
        transaction.Execute("INSERT INTO journal (writer, number) VALUES ($writer, $number)", ("$writer", writer), ("$number", number));

    private static long Count(IReadTransaction transaction) => transaction.QueryFirst("SELECT COUNT(*) FROM journal", row => row.Int64(0));

    // Holds the writer, so that what is written meanwhile comes into one group.
    private Task<bool> HoldWriter(ManualResetEventSlim gate)
    {
        using var held = new ManualResetEventSlim();
        var write = _database.WriteAsync(_ =>
        {
            held.Set();
            gate.Wait();
            return true;
        });
        held.Wait();
        return write;
    }

    private Task<int> AddAsync(long writer, long number) => _database.WriteAsync(transaction => Add(transaction, writer, number));

    private List<long> Numbers() => _database.Read(transaction => transaction.Query("SELECT number FROM journal ORDER BY id", row => row.Int64(0)));

    private void Reopen()
    {
        _database.Dispose();
        _database = new SqliteDatabase(_directory.File("vcp.db"));
    }
}
