using System.Collections.Concurrent;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Leases;

/// <summary>
/// The polls that wait. When a connection broke, its call may still wait here while the node asks again: then the first call's wait ends, so
/// that one call takes what the request gets. Both answer it. Thread-safe.
/// </summary>
internal sealed class PollTurns
{
    private readonly ConcurrentDictionary<(NodeId Node, Guid Request), Turn> _turns = [];

    /// <summary>Takes the place of an earlier call of the same request, once that has ended. Dispose the turn when the call is over.</summary>
    public async Task<Turn> TakeAsync(NodeId node, Guid request, CancellationToken cancellationToken)
    {
        var turn = new Turn(_turns, (node, request), cancellationToken);
        while (!_turns.TryAdd(turn.Key, turn))
        {
            if (_turns.TryGetValue(turn.Key, out var earlier))
            {
                await earlier.EndAsync(turn);
            }
        }

        return turn;
    }

    /// <summary>A call that waits.</summary>
    internal sealed class Turn(ConcurrentDictionary<(NodeId Node, Guid Request), Turn> turns, (NodeId Node, Guid Request) key, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile Turn? _next;

        public (NodeId Node, Guid Request) Key => key;

        /// <summary>Ends the call's wait.</summary>
        public CancellationToken Token => _end.Token;

        public void Dispose()
        {
            turns.TryRemove(KeyValuePair.Create(key, this));
            _end.Dispose();
            _ended.TrySetResult();
        }

        /// <summary>Waits until the calls that took this one's place have ended too.</summary>
        public async Task WhenOthersEndedAsync(CancellationToken caller)
        {
            for (var next = _next; next is not null; next = next._next)
            {
                await next._ended.Task.WaitAsync(caller);
            }
        }

        /// <summary>Ends the call in favour of another, and waits until it has.</summary>
        public async Task EndAsync(Turn next)
        {
            _next = next;
            try
            {
                await _end.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself.
            }

            await _ended.Task;
        }
    }
}
