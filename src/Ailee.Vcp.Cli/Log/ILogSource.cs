using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Log;

/// <summary>A log as it is stored or served, at one state.</summary>
internal interface ILogSource : IDisposable
{
    /// <summary>How many calls may be made at once.</summary>
    int Concurrency { get; }

    /// <summary>What the log says of itself.</summary>
    Task<LogHead> ReadHeadAsync(CancellationToken cancellationToken);

    /// <summary>The entries of a bundle, as many as its width says; null where there is none.</summary>
    Task<IReadOnlyList<Digest?>> ReadEntriesAsync(TilePath path, CancellationToken cancellationToken);

    /// <summary>The bytes of a tile, or null if there is none.</summary>
    Task<byte[]?> ReadTileAsync(TilePath path, CancellationToken cancellationToken);

    /// <summary>What else is wrong with it, a sentence each.</summary>
    IEnumerable<string> FindFurtherFaults(LogHead head);
}

/// <summary>What a log says of itself.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Number of entries that it has integrated.</param>
/// <param name="Root">Its root, if it is told beside the checkpoint.</param>
/// <param name="Note">The checkpoint.</param>
/// <param name="Pending">Entries that it has not integrated yet.</param>
internal sealed record LogHead(NoteKey Key, long Size, Digest? Root, ReadOnlyMemory<byte> Note, long Pending);
