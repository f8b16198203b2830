using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Modules;

/// <summary>
/// Bounds the uploads that are compiled or wait for it, because each holds its body, and shares both places and compilers between
/// tenants. Thread-safe.
/// </summary>
internal sealed class CompilePlaces(IOptions<SandboxOptions> options, TimeProvider time)
{
    /// <summary>Uploads that may wait for a compiler.</summary>
    public const int Waiting = 16;

    private readonly WorkPlaces _places = new(Waiting + options.Value.MaxConcurrentCompilations, Problems.CompilerBusy, time);
    private readonly CallerTurns _turns = new(Math.Max(1, options.Value.MaxConcurrentCompilations / 2));

    /// <summary>All places: those that wait, and those whose turn it is.</summary>
    public int Most => _places.Capacity;

    /// <summary>Takes a place.</summary>
    /// <param name="share">Whose share of them; null for somebody who has all to himself.</param>
    /// <returns>Why there is none, or null.</returns>
    public Problem? TryTake(string? share) => _places.TryTake(share);

    public void GiveBack(string? share) => _places.GiveBack(share);

    /// <summary>Waits until the same tenant's earlier uploads leave it a turn to wait for a compiler, which is over when the result is disposed.</summary>
    public Task<IDisposable?> TakeTurnAsync(string? share, CancellationToken cancellationToken) => _turns.TakeAsync(share, cancellationToken);
}
