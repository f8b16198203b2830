using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Leases;

/// <summary>
/// The polls that wait and those that were answered lately. A network may deliver a request twice, at once or much later, and which answer gets
/// to the node nobody knows here: so calls of one request wait as one and hear the same, and one that was answered takes nothing more. Thread-safe.
/// </summary>
/// <typeparam name="T">What is answered.</typeparam>
internal sealed class SharedPolls<T>
{
    private const int Remembered = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<(NodeId Node, Guid Request), Poll> _waiting = [];
    private readonly Dictionary<NodeId, Queue<Guid>> _answered = [];

    /// <summary>Answers a request.</summary>
    /// <param name="node">Who asks.</param>
    /// <param name="request">Names the request.</param>
    /// <param name="take">Takes what there is, and waits for it; cancelled when nobody waits for its answer any more.</param>
    /// <param name="again">What a request that was answered is told.</param>
    /// <param name="cancellationToken">Ends this call's wait.</param>
    public async Task<T> AnswerAsync(NodeId node, Guid request, Func<CancellationToken, Task<T>> take, Func<T> again, CancellationToken cancellationToken)
    {
        while (true)
        {
            Poll? poll;
            lock (_gate)
            {
                if (!_waiting.TryGetValue((node, request), out poll) && _answered.GetValueOrDefault(node)?.Contains(request) != true)
                {
                    poll = new Poll();
                    _waiting.Add((node, request), poll);
                    poll.Answer = Task.Run(() => RunAsync(node, request, poll, take), CancellationToken.None);
                }

                poll?.Join();
            }

            if (poll is null)
            {
                return again();
            }

            try
            {
                return await poll.Answer.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Those who waited before had all left just before this call joined them.
            }
            finally
            {
                lock (_gate)
                {
                    poll.Leave();
                }
            }
        }
    }

    private async Task<T> RunAsync(NodeId node, Guid request, Poll poll, Func<CancellationToken, Task<T>> take)
    {
        var isAnswered = false;
        try
        {
            var answer = await take(poll.Token);
            isAnswered = true;
            return answer;
        }
        finally
        {
            lock (_gate)
            {
                _waiting.Remove((node, request));
                poll.Dispose();
                if (isAnswered)
                {
                    Remember(node, request);
                }
            }
        }
    }

    private void Remember(NodeId node, Guid request)
    {
        if (!_answered.TryGetValue(node, out var requests))
        {
            _answered[node] = requests = new Queue<Guid>(Remembered);
        }

        if (requests.Count == Remembered)
        {
            requests.Dequeue();
        }

        requests.Enqueue(request);
    }

    // Used under the lock.
    private sealed class Poll : IDisposable
    {
        private readonly CancellationTokenSource _nobodyWaits = new();
        private int _callers;
        private bool _isOver;

        public Task<T> Answer { get; set; } = null!;

        public CancellationToken Token => _nobodyWaits.Token;

        public void Join() => _callers++;

        public void Leave()
        {
            if (--_callers == 0 && !_isOver)
            {
                // What waits goes on elsewhere, not within the lock.
                _ = _nobodyWaits.CancelAsync();
            }
        }

        public void Dispose()
        {
            _isOver = true;
            _nobodyWaits.Dispose();
        }
    }
}
