using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>What else is known of the files to verify.</summary>
/// <param name="Common">What holds for each of them.</param>
/// <param name="Bundle">The bundle below the guest.</param>
/// <param name="Trace">Reads the trace, whose file does not say its hash.</param>
/// <param name="Enrolments">Transparent statements, of any nodes.</param>
/// <param name="Certificates">Transparent statements, of any tasks.</param>
/// <param name="LogKeyIsExported">Whether the log's key lay beside the files, so that whoever gave these gave it too.</param>
internal sealed record VerifyInputs(
    Evidence Common,
    Bundle? Bundle,
    Func<ContentHash, KeptTrace>? Trace,
    IReadOnlyList<ReadOnlyMemory<byte>> Enrolments,
    IReadOnlyList<ReadOnlyMemory<byte>> Certificates,
    bool LogKeyIsExported)
{
    private readonly Lazy<ILookup<NodeId, ReadOnlyMemory<byte>>> _enrolments = new(() => Enrolments.ToLookup(file => Payload<OrchestratorPayload.Enrolment>(file)?.Node.Id ?? default));
    private readonly Lazy<ILookup<TaskId, ReadOnlyMemory<byte>>> _certificates = new(() => Certificates.ToLookup(file => Payload<OrchestratorPayload.Certificate>(file)?.Task ?? default));

    /// <summary>What is known of one file: of several enrolments and certificates the one that it is about, else the first, which says that it is not.</summary>
    public Evidence Of(ReadOnlyMemory<byte> file)
    {
        var statement = TransparentStatement.TryDecode(file, out _) is { } decoded ? SignedStatement.TryDecode(decoded.Statement, out _) : null;
        var hash = statement?.Payload.Hash ?? ContentHash.Sha256;
        // What cannot be hashed here is no evidence; the verifier says so.
        var trace = hash.IsSupported ? Trace?.Invoke(hash) : null;
        return Common with
        {
            BundleManifest = hash.IsSupported ? Bundle?.ManifestUnder(hash) : null,
            TraceHashes = trace?.LeafHashes,
            TraceLeaves = trace?.Leaves.TakeWhile(leaf => leaf is not null).Select(leaf => leaf!.Value).ToList(),
            Enrolment = Pick(Enrolments, statement is null ? [] : _enrolments.Value[statement.Header.KeyId]),
            Certificate = Pick(Certificates, statement is null ? [] : _certificates.Value[statement.Payload.Task]),
        };
    }

    private static ReadOnlyMemory<byte>? Pick(IReadOnlyList<ReadOnlyMemory<byte>> files, IEnumerable<ReadOnlyMemory<byte>> fitting)
    {
        // A conditional expression would make empty memory of null.
        if (files.Count == 0)
        {
            return null;
        }

        return fitting.FirstOrDefault(files[0]);
    }

    private static TPayload? Payload<TPayload>(ReadOnlyMemory<byte> file)
        where TPayload : OrchestratorPayload =>
        (TransparentStatement.TryDecode(file, out _) is { } decoded ? OrchestratorStatement.TryDecode(decoded.Statement, out _) : null)?.Payload as TPayload;
}
