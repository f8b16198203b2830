using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Diagnostics;

/// <summary>
/// Whether the server can do its work. All but the retry of a database that failed is looked up in memory, so that the answer comes as
/// fast under load as without.
/// </summary>
internal sealed class Readiness(SqliteDatabase database, PublishedLog log, LogIntegrator integrator, ResourceWatch resources, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>How long an answer waits for the database to be tried.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private Task<bool> _retry = Task.FromResult(true);

    /// <summary>Why it cannot, or null.</summary>
    public async ValueTask<Problem?> CheckAsync() =>
        lifetime.ApplicationStopping.IsCancellationRequested ? Problems.ShuttingDown.Because("The server is stopping.") with { RetryAfterSeconds = 5 }
        : database.Failure is not null && !await RetryAsync() ? Problems.StorageUnavailable.Because("The database cannot be written.") with { RetryAfterSeconds = Problems.StorageSeconds }
        : log.Tree.ReadOnly is { } reason ? Problems.LogReadOnly.Because(reason) with { RetryAfterSeconds = LogReadOnly.RetryAfterSeconds }
        : integrator.GuardFails ? Problems.LogGuardUnavailable.Because("The log's guard file cannot be written, so no checkpoint is served.") with { RetryAfterSeconds = 5 }
        : resources.Problem;

    // One at a time, whoever asks: a disk that hangs must not hold all that ask.
    private async Task<bool> RetryAsync()
    {
        Task<bool> retry;
        lock (_lock)
        {
            retry = _retry = _retry.IsCompleted ? database.IsWritableAsync() : _retry;
        }

        try
        {
            return await retry.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
