using System.Globalization;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Bundles;
using Ailee.Vcp.Core.Tests.Statements;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>An entry of statements.json. Bytes are lowercase hexadecimal; integers that may need 64 bits are decimal strings.</summary>
internal sealed record StatementVector(
    string Name,
    string PrivateKeySeed,
    string PublicKey,
    string Kid,
    HeaderVector Header,
    PayloadVector Payload,
    string ModuleHex,
    InvocationVector Invocation,
    OutputVector Output,
    IReadOnlyList<string> TraceLeavesHex,
    string ProtectedHex,
    string PayloadHex,
    string ToBeSignedHex,
    string SignatureHex,
    string StatementHex,
    string StatementId,
    string ExecutionHash)
{
    public static StatementVector Of(SampleRun run)
    {
        var (key, payload, envelope) = (run.PublicKey, run.Payload, run.Sign());
        return new StatementVector(
            run.Name,
            Hex(run.KeySeed),
            Hex(key.Bytes),
            key.Id.ToString(),
            new HeaderVector(run.Algorithm, Text(run.IssuedAtSeconds), Text(run.Counter)),
            PayloadVector.Of(payload),
            Hex(run.Module),
            InvocationVector.Of(run),
            OutputVector.Of(run),
            [.. run.TraceLeaves.Select(leaf => Hex(leaf))],
            Hex(envelope.Protected.Span),
            Hex(envelope.Payload.Span),
            Hex(envelope.ToBeSigned()),
            Hex(envelope.Signature.Span),
            Hex(envelope.Encode()),
            Digest.Of(envelope.Encode()).ToHex(),
            payload.ExecutionHash.ToHex());
    }

    /// <summary>The run that the fields describe; nothing that is derived is taken from the vector.</summary>
    public SampleRun ToRun() => new()
    {
        Name = Name,
        KeySeed = Bytes(PrivateKeySeed),
        Algorithm = Header.Alg,
        IssuedAtSeconds = Long(Header.IssuedAt),
        Counter = ulong.Parse(Header.Counter, CultureInfo.InvariantCulture),
        Task = TaskId.Parse(Payload.Task),
        Nonce = Nonce.FromBytes(Bytes(Payload.Nonce)),
        Hash = ContentHash.Find(Payload.HashName)!,
        Profile = new Digest(Bytes(Payload.Profile)),
        Module = Bytes(ModuleHex),
        Entrypoint = Payload.Entrypoint,
        Stdin = Bytes(Invocation.StdinHex),
        Stdout = Bytes(Output.StdoutHex),
        Stderr = Bytes(Output.StderrHex),
        Bundle = Invocation.BundleManifestHex is { } manifest ? SampleBundles.WithManifest(manifest, ContentHash.Find(Payload.HashName)!) : null,
        Files = Output.Files.ToDictionary(file => file.Path, file => file.Data()),
        TraceLeaves = [.. TraceLeavesHex.Select(Bytes)],
        BareInvocation = Invocation.ToInvocation(),
        Results = [.. Output.Results.Select(result => result.ToValue())],
        Trap = Output.Trap,
        Outcome = (Outcome)Payload.Outcome,
        ExitCode = Payload.ExitCode,
        Instructions = Long(Payload.Instructions),
        MemoryPages = Payload.MemoryPages,
    };

    internal static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    internal static long Long(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

internal sealed record HeaderVector(int Alg, string IssuedAt, string Counter);

internal sealed record PayloadVector(
    string Task,
    string Nonce,
    string Profile,
    string Module,
    string Entrypoint,
    string Input,
    int Outcome,
    long ExitCode,
    string Output,
    string TraceRoot,
    string TraceLeaves,
    string Instructions,
    string Gas,
    int MemoryPages,
    string ExecutionHash,
    string HashName)
{
    public static PayloadVector Of(StatementPayload payload) => new(
        payload.Task.ToString(),
        payload.Nonce.ToString(),
        payload.Profile.ToHex(),
        payload.Module.ToHex(),
        payload.Entrypoint,
        payload.Input.ToHex(),
        (int)payload.Outcome,
        payload.ExitCode,
        payload.Output.ToHex(),
        payload.TraceRoot.ToHex(),
        StatementVector.Text(payload.TraceLeaves),
        StatementVector.Text(payload.Instructions),
        StatementVector.Text(payload.Gas),
        (int)payload.MemoryPages,
        payload.ExecutionHash.ToHex(),
        payload.Hash.Name);
}

internal sealed record ScalarVector(string Type, string Bits)
{
    public static IReadOnlyList<ScalarVector> Of(IEnumerable<ScalarValue> values) =>
        [.. values.Select(value => new ScalarVector(value.TypeName, StatementVector.Text(value.Bits)))];

    public ScalarValue ToValue() => new(Enum.Parse<ScalarType>(Type, ignoreCase: true), ulong.Parse(Bits, CultureInfo.InvariantCulture));
}

internal sealed record LimitsVector(
    string MemoryBytes,
    string Instructions,
    string StdoutBytes,
    string StderrBytes,
    string TableElements,
    string ScratchBytes,
    string ScratchEntries,
    string Descriptors);

/// <summary>
/// One of <paramref name="Args"/> and <paramref name="FunctionArguments"/> is there, or neither and <paramref name="PassesBytes"/> is
/// true; variables come in no order.
/// </summary>
internal sealed record InvocationVector(
    IReadOnlyList<string>? Args,
    IReadOnlyList<ScalarVector>? FunctionArguments,
    bool PassesBytes,
    Dictionary<string, string> Env,
    string StdinHex,
    string? BundleManifestHex,
    IReadOnlyList<string> Outputs,
    string Seed,
    string Clock,
    LimitsVector Limits,
    string Hex)
{
    public static InvocationVector Of(SampleRun run)
    {
        var (invocation, limits) = (run.Invocation, run.Invocation.Limits);
        return new InvocationVector(
            invocation.FunctionArguments is null && !invocation.PassesBytes ? invocation.Arguments : null,
            invocation.FunctionArguments is { } values ? ScalarVector.Of(values) : null,
            invocation.PassesBytes,
            new Dictionary<string, string>(invocation.Environment),
            VectorFile.Hex(run.Stdin),
            run.Bundle is { } bundle ? VectorFile.Hex(bundle.ManifestUnder(run.Hash).Span) : null,
            invocation.Outputs,
            VectorFile.Hex(invocation.Seed.Span),
            StatementVector.Text(invocation.ClockNanoseconds),
            new LimitsVector(
                StatementVector.Text(limits.MemoryBytes),
                StatementVector.Text(limits.Instructions),
                StatementVector.Text(limits.StdoutBytes),
                StatementVector.Text(limits.StderrBytes),
                StatementVector.Text(limits.TableElements),
                StatementVector.Text(limits.ScratchBytes),
                StatementVector.Text(limits.ScratchEntries),
                StatementVector.Text(limits.Descriptors)),
            VectorFile.Hex(invocation.Encode()));
    }

    public Invocation ToInvocation() => new()
    {
        Arguments = Args ?? [],
        FunctionArguments = FunctionArguments?.Select(value => value.ToValue()).ToArray(),
        PassesBytes = PassesBytes,
        Outputs = Outputs,
        Environment = Env,
        Seed = Bytes(Seed),
        ClockNanoseconds = ulong.Parse(Clock, CultureInfo.InvariantCulture),
        Limits = new DeterministicLimits(
            StatementVector.Long(Limits.MemoryBytes),
            StatementVector.Long(Limits.Instructions),
            StatementVector.Long(Limits.StdoutBytes),
            StatementVector.Long(Limits.StderrBytes),
            StatementVector.Long(Limits.TableElements),
            StatementVector.Long(Limits.ScratchBytes),
            StatementVector.Long(Limits.ScratchEntries),
            StatementVector.Long(Limits.Descriptors)),
    };
}

/// <summary>Files are by path, in no order.</summary>
internal sealed record OutputVector(
    string StdoutHex,
    string StderrHex,
    IReadOnlyList<ScalarVector> Results,
    string? Trap,
    IReadOnlyList<FileVector> Files,
    string Hex)
{
    public static OutputVector Of(SampleRun run) => new(
        VectorFile.Hex(run.Stdout),
        VectorFile.Hex(run.Stderr),
        ScalarVector.Of(run.Results),
        run.Trap,
        [.. run.Files.Select(file => FileVector.Of(file.Key, file.Value))],
        VectorFile.Hex(run.Output.Encode()));
}
