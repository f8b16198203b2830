using System.Collections.Concurrent;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// The server as a witness of other logs (C2SP tlog-witness): cosigns a checkpoint that continues the last one that it cosigned, and no
/// other. Its key is made only if the role is configured.
/// </summary>
internal sealed partial class Witness(IOptions<LogOptions> options, DataDirectory directory, IDatabase database, TimeProvider time, ILogger<Witness> logger)
    : IHostedService, IDisposable
{
    private readonly List<NoteKey> _logs = [.. options.Value.WitnessFor.Select(text => NoteKey.TryParse(text, out var key) ? key : throw new InvalidOperationException("The options are not checked."))];
    // Each is told once. Who has the log's key can make any number.
    private const int MostForks = 100;

    private readonly ConcurrentDictionary<(string Origin, Digest Root), bool> _forks = [];
    private SigningKey? _key;

    /// <summary>What verifies its cosignatures; null if it is no witness.</summary>
    public NoteKey? Verifier => _key is null ? null : new NoteKey(options.Value.WitnessName!, _key.PublicKey, NoteKeyType.Witness);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.WitnessName is not null)
        {
            try
            {
                _key = NodeKey.LoadOrCreate(directory.WitnessKey);
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new StartupException(exception.Message);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Cosigns the checkpoint, or says why not. What it cosigned is remembered before the cosignature is returned.</summary>
    public async Task<WitnessAnswer> CosignAsync(WitnessRequest request)
    {
        if (request.Checkpoint is not { } checkpoint)
        {
            return new WitnessAnswer.Refused(Problems.MalformedRequest.Because("The note is no checkpoint."));
        }

        var keys = _logs.FindAll(key => key.Name == checkpoint.Origin);
        if (keys.Count == 0 || _key is null)
        {
            return new WitnessAnswer.Refused(Problems.LogNotWitnessed.Because("Its operator lists the keys of the logs that it witnesses."));
        }

        if (!IsSigned(keys, request.Note))
        {
            return new WitnessAnswer.Refused(Problems.CheckpointUntrusted.Because("It needs a signature of the log's key, and none of that key that is false."));
        }

        if (request.OldSize > checkpoint.Size)
        {
            return new WitnessAnswer.Refused(Problems.MalformedRequest.Because("The old size is above the checkpoint's."));
        }

        var answer = await database.WriteAsync(transaction => Advance(transaction, request, checkpoint));
        if (answer is WitnessAnswer.Refused { IsFork: true } && _forks.Count < MostForks && _forks.TryAdd((checkpoint.Origin, checkpoint.Root), true))
        {
            LogForked(checkpoint.Origin, checkpoint.Size, checkpoint.Root);
        }

        return answer;
    }

    public void Dispose() => _key?.Dispose();

    private static bool IsSigned(List<NoteKey> keys, SignedNote note)
    {
        var named = keys.FindAll(key => note.Signatures.Any(signature => signature.Name == key.Name && signature.KeyHash == key.Hash));
        return named.Count > 0 && named.TrueForAll(key => key.Verifies(note));
    }

    private WitnessAnswer Advance(IWriteTransaction transaction, WitnessRequest request, Checkpoint checkpoint)
    {
        var (size, root) = WitnessStore.Find(transaction, checkpoint.Origin) ?? (0, MerkleHash.Empty);
        if (request.OldSize != size)
        {
            return new WitnessAnswer.Conflict(size);
        }

        if ((checkpoint.Size == 0 && checkpoint.Root != MerkleHash.Empty) || !new ConsistencyProof(size, checkpoint.Size, request.Proof).Verify(root, checkpoint.Root))
        {
            // Anybody can send an honest checkpoint with a false proof; two checkpoints of one size are both the log's own word.
            var isFork = size > 0 && checkpoint.Size == size && checkpoint.Root != root;
            return new WitnessAnswer.Refused(Problems.CheckpointInconsistent.Because($"It is not shown to continue the one of {size} entries that was cosigned last."), isFork);
        }

        WitnessStore.Set(transaction, checkpoint);
        // Within the transaction: as of this time it is the largest one. What is returned leaves only after the commit.
        return new WitnessAnswer.Cosigned(NoteKey.Cosign(options.Value.WitnessName!, _key!, request.Note.Text, time.GetUtcNow()));
    }

    [LoggerMessage(3004, LogLevel.Error, "The log {Origin} has forked: a checkpoint of {Size} entries with the root {Root} is signed with its key, and so is another of this size, which was cosigned")]
    private partial void LogForked(string origin, long size, Digest root);
}

/// <summary>What a witness says to a checkpoint.</summary>
internal abstract record WitnessAnswer
{
    private WitnessAnswer()
    {
    }

    /// <summary>It is cosigned.</summary>
    public sealed record Cosigned(NoteSignature Signature) : WitnessAnswer;

    /// <summary>The old size is not that of the checkpoint that was cosigned last, which is this.</summary>
    public sealed record Conflict(long Size) : WitnessAnswer;

    /// <summary>It is not cosigned.</summary>
    /// <param name="Problem">Why.</param>
    /// <param name="IsFork">Whether it and what was cosigned prove that the log has forked.</param>
    public sealed record Refused(Problem Problem, bool IsFork = false) : WitnessAnswer;
}
