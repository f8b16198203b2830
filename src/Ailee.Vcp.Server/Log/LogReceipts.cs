using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>Makes statements transparent: gives them their receipt. RFC 9942 knows no path without hashes, so there is none in a log of one entry.</summary>
internal sealed class LogReceipts(IDatabase database, LogKeys keys, PublishedLog published, TimeProvider time)
{
    private const long FewestEntries = 2;

    /// <summary>Where a statement is in the tree that is served, or null if it is not in it.</summary>
    public LogPosition? Find(Digest statement)
    {
        var size = published.Tree.Size;
        return database.Read(transaction => LogStore.FindIndex(transaction, statement)) is { } index && index < size ? new LogPosition(keys.Origin, index, size) : null;
    }

    /// <summary>The file with its receipt; null if the log does not have it, or not in time.</summary>
    /// <param name="statement">The statement with an empty unprotected header.</param>
    /// <param name="wait">How long to wait for it to be integrated.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<byte[]?> AddAsync(byte[] statement, TimeSpan wait, CancellationToken cancellationToken)
    {
        var id = Digest.Of(statement);
        if (database.Read(transaction => LogStore.FindIndex(transaction, id)) is not { } index || !await published.WaitAsync(Math.Max(index, FewestEntries - 1), wait, time, cancellationToken))
        {
            return null;
        }

        var subject = StatementHeader.TryDecode(statement, out var fault)?.Subject ?? throw new InvalidDataException($"A stored statement does not decode: {fault!.Detail}");
        var tree = published.Tree;
        var proof = database.Read(transaction => MerkleProofs.Inclusion(PublishedLog.Nodes(transaction, tree.Size), index, tree.Size));
        var receipt = Receipt.Sign(keys.Log, keys.Origin, subject, proof, tree.Root);
        return new TransparentStatement(statement, [receipt.Bytes]).Encode();
    }
}
