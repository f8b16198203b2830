using Ailee.Vcp.Core;

namespace Ailee.Vcp.Node;

/// <summary>
/// Digests of modules under SHA3-256 by name. A module that is compiled already is not fetched for its bytes, so these are remembered
/// apart; the oldest goes first. Thread-safe.
/// </summary>
internal sealed class ModuleDigests
{
    /// <summary>Most that are remembered.</summary>
    internal const int Most = 4096;

    private readonly object _gate = new();
    private readonly Dictionary<Digest, Digest> _known = [];
    private readonly Queue<Digest> _byAge = new();

    /// <summary>The digest of the module's bytes under a hash.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="bytes">Asked for the bytes only if they must be hashed.</param>
    /// <param name="cancellationToken">Ends the fetching.</param>
    /// <exception cref="InvalidDataException">Other bytes came.</exception>
    public async Task<Digest> GetAsync(Digest module, ContentHash hash, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, CancellationToken cancellationToken)
    {
        if (hash == ContentHash.Sha256)
        {
            return module;
        }

        lock (_gate)
        {
            if (_known.TryGetValue(module, out var known))
            {
                return known;
            }
        }

        var content = await bytes(cancellationToken);
        if (Digest.Of(content.Span) != module)
        {
            throw new InvalidDataException($"The module that came is not {module}.");
        }

        var digest = hash.Of(content.Span);
        Keep(module, digest);
        return digest;
    }

    private void Keep(Digest module, Digest digest)
    {
        lock (_gate)
        {
            if (!_known.TryAdd(module, digest))
            {
                return;
            }

            _byAge.Enqueue(module);
            if (_byAge.Count > Most)
            {
                _known.Remove(_byAge.Dequeue());
            }
        }
    }
}
