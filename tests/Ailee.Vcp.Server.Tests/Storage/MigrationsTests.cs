using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Storage;

public sealed class MigrationsTests : IDisposable
{
    private const int Latest = 19;

    private readonly TempDirectory _directory = new();

    [Fact]
    public void Apply_Empty_MakesEveryTableAndRemembersTheVersion()
    {
        using var session = Open();

        Migrations.Apply(session);

        Assert.Equal(Latest, Version(session));
        Assert.Equal(
            ["api_keys", "attempts", "auctions", "audit_events", "audits", "bids", "bundle_chunks", "bundles", "candidate_chunks", "candidates", "counters", "expired_outputs", "idempotency_keys", "join_tokens", "ledger_balances", "ledger_postings", "ledger_totals", "ledger_transactions", "log_cosignatures", "log_entries", "log_tiles", "log_tree", "module_contents", "modules", "node_events", "nodes", "orchestrator_statements", "partial_bundles", "proofs", "restores", "task_file_chunks", "task_files", "task_inputs", "task_labels", "task_outputs", "task_traces", "tasks", "telemetry", "tenant_bundles", "tenant_modules", "tenant_usage", "vote_events", "witnessed_logs"],
            session.Query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", row => row.Text(0)));
    }

    [Fact]
    public void Apply_Again_ChangesNothing()
    {
        using var session = Open();
        Migrations.Apply(session);
        session.Execute("INSERT INTO api_keys (id, hash, name, tenant, scopes, created_ms) VALUES ('key', x'00', 'kept', 'kept', 'admin', 0)");

        Migrations.Apply(session);

        Assert.Equal(["kept"], session.Query("SELECT name FROM api_keys", row => row.Text(0)));
    }

    [Fact]
    public void Apply_OutputsOfVersion4_KeepTheirBytesAndAreCounted()
    {
        using var session = Open();
        OldDatabase.ApplyThrough(session, 4);
        session.Execute("""
            INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms) VALUES (x'01', 'completed', x'02', '_start', x'03', 1, 1);
            INSERT INTO task_outputs VALUES (x'01', x'aa', x'bbbb', x'cccccc', x'dd', x'ee');
            INSERT INTO task_files VALUES (x'01', 'a', 0, x''), (x'01', 'b', 0, x'');
            """);

        Migrations.Apply(session);

        Assert.Equal(
            ["01/2/DD/3/EE/2///BBBB/CCCCCC/AA"],
            session.Query(
                """
                SELECT hex(task) || '/' || stdout_bytes || '/' || hex(stdout_digest) || '/' || stderr_bytes || '/' || hex(stderr_digest) || '/' || files || '/'
                       || coalesce(results, '') || '/' || coalesce(trap, '') || '/' || hex(stdout) || '/' || hex(stderr) || '/' || hex(record)
                FROM task_outputs
                """,
                row => row.Text(0)));
    }

    [Fact]
    public void Apply_TasksOfVersion14_AreFoundByTheirLabelsAndMayBeAuctioned()
    {
        using var session = Open();
        OldDatabase.ApplyThrough(session, 14);
        session.Execute("""
            INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms, labels) VALUES
                (x'01', 'queued', x'02', '_start', x'03', 1, 1, '{"run":"a=b","empty":""}'),
                (x'04', 'queued', x'02', '_start', x'05', 1, 1, NULL);
            """);

        Migrations.Apply(session);

        Assert.Equal(["01/empty/", "01/run/a=b"], session.Query("SELECT hex(task) || '/' || name || '/' || value FROM task_labels ORDER BY name", row => row.Text(0)));
        session.Execute("INSERT INTO auctions (task, number, round, opens_ms, deadline_ms, state, empty_rounds) VALUES (x'01', 1, x'06', 1, 2, 'open', 0)");
        Assert.Equal(Latest, Version(session));
    }

    [Fact]
    public void Apply_NewerVersion_RefusedInWords()
    {
        using var session = Open();
        session.Execute($"PRAGMA user_version = {Latest + 1}");

        var exception = Assert.Throws<StartupException>(() => Migrations.Apply(session));

        Assert.Contains($"version {Latest + 1}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(Latest + 1, Version(session));
    }

    [Fact]
    public async Task Start_NewerVersion_RefusedAndTheDirectoryIsFreeAgain()
    {
        using (var session = Open())
        {
            session.Execute("PRAGMA user_version = 99");
        }

        await Assert.ThrowsAsync<StartupException>(() => RunningServer.StartAsync(new ServerSetup { Directory = _directory.Path }));

        using (var session = Open())
        {
            session.Execute("PRAGMA user_version = 0");
        }

        await using var server = await RunningServer.StartAsync(new ServerSetup { Directory = _directory.Path });
    }

    public void Dispose() => _directory.Dispose();

    private SqliteSession Open() => new(_directory.File("vcp.db"));

    private static long Version(SqliteSession session) => session.QueryFirst("PRAGMA user_version", row => row.Int64(0));
}
