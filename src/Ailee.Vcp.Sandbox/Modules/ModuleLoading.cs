namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>A module that is being loaded, and who waits for it. The fields belong to the cache and change under its lock.</summary>
internal sealed class ModuleLoading : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Ends the work when nobody waits any more.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>The work. Its result has a reference that belongs to this loading.</summary>
    public Task<CompiledModule> Work { get; set; } = null!;

    public int Waiters { get; set; }

    /// <summary>The module was forgotten meanwhile: whoever waits gets it, but it is not kept.</summary>
    public bool Forgotten { get; set; }

    /// <summary>Everybody has left.</summary>
    public void Abandon()
    {
        _cancellation.Cancel();
        // Also if the work is done already, or gets done in spite of it.
        Work.ContinueWith(
            work =>
            {
                if (work.IsCompletedSuccessfully)
                {
                    work.Result.Release();
                }
                else
                {
                    // Looked at, so that it does not count as unobserved.
                    _ = work.Exception;
                }

                Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Dispose() => _cancellation.Dispose();
}
