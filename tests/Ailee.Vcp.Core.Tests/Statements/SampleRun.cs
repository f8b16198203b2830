using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>One execution with all the bytes that its statement commits to, and the key that signs it.</summary>
internal sealed record SampleRun
{
    public required string Name { get; init; }

    public byte[] KeySeed { get; init; } = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    public int Algorithm { get; init; } = StatementHeader.EdDsa;

    public long IssuedAtSeconds { get; init; } = 1_767_225_600;

    public ulong Counter { get; init; } = 1;

    public TaskId Task { get; init; } = TaskId.Parse("019b76da-a800-7000-8000-000000000001");

    public Nonce Nonce { get; init; } = new(new UInt128(0x0011_2233_4455_6677, 0x8899_aabb_ccdd_eeff));

    /// <summary>The hash of everything that the statement commits to.</summary>
    public ContentHash Hash { get; init; } = ContentHash.Sha256;

    public Digest Profile
    {
        get => field == default ? Hash.Of("an example profile"u8) : field;
        init;
    }

    public byte[] Module { get; init; } = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

    public string Entrypoint { get; init; } = "_start";

    public byte[] Stdin { get; init; } = [];

    public byte[] Stdout { get; init; } = [];

    public byte[] Stderr { get; init; } = [];

    /// <summary>The tree that the invocation names, or null.</summary>
    public Bundle? Bundle { get; init; }

    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Host calls of the run, at most a block.</summary>
    public int HostCalls { get; init; }

    /// <summary>The leaves that tell of this run.</summary>
    public IReadOnlyList<byte[]> TraceLeaves
    {
        get => field ?? [Start(), .. Block(HostCalls), Finish()];
        init;
    }

    /// <summary>Without stdin and bundle, which come from <see cref="Stdin"/> and <see cref="Bundle"/>.</summary>
    public required Invocation BareInvocation { get; init; }

    public IReadOnlyList<ScalarValue> Results { get; init; } = [];

    public string? Trap { get; init; }

    public Outcome Outcome { get; init; } = Outcome.Completed;

    public long ExitCode { get; init; }

    public required long Instructions { get; init; }

    public long MemoryPages { get; init; } = 1;

    public Invocation Invocation => BareInvocation with { Stdin = Blob.Of(Stdin, Hash), Bundle = Bundle?.DigestUnder(Hash) };

    public OutputRecord Output => new()
    {
        Stdout = Blob.Of(Stdout, Hash),
        Stderr = Blob.Of(Stderr, Hash),
        Results = Results,
        Trap = Trap,
        Files = [.. Files.Select(file => new OutputFile(file.Key, Blob.Of(file.Value, Hash))).OrderBy(file => file.Path, OutputFile.Order)],
    };

    public StatementPayload Payload
    {
        get
        {
            var (input, output) = (Invocation.Encode(), Output.Encode());
            var trace = new MerkleTreeBuilder(Hash);
            foreach (var leaf in TraceLeaves)
            {
                trace.Append(Hash.Leaf(leaf));
            }

            return new StatementPayload
            {
                Task = Task,
                Nonce = Nonce,
                Hash = Hash,
                Profile = Profile,
                Module = Hash.Of(Module),
                Entrypoint = Entrypoint,
                Input = Hash.Of(input),
                Outcome = Outcome,
                ExitCode = ExitCode,
                Output = Hash.Of(output),
                TraceRoot = trace.Root(),
                TraceLeaves = trace.Count,
                Instructions = Instructions,
                Gas = GasSchedule.Total(
                    Instructions, MemoryPages, input.Length + Stdin.Length, output.Length + Stdout.Length + Stderr.Length + Files.Values.Sum(file => file.Length)),
                MemoryPages = MemoryPages,
                ExecutionHash = default,
            }.WithExecutionHash();
        }
    }

    private byte[] Start() => TraceLeaf.Encode(new TraceItem.Start(Profile, Hash.Of(Module), Entrypoint, Hash.Of(Invocation.Encode())));

    private byte[] Finish() => TraceLeaf.Encode(new TraceItem.Finish(Outcome, ExitCode, Hash.Of(Output.Encode()), Instructions, MemoryPages));

    // [1, [["sched_yield", [], 0, null, instructions so far]…]]
    private static IEnumerable<byte[]> Block(int calls)
    {
        if (calls > 0)
        {
            yield return CborWriting.Encode(calls, static (writer, count) =>
            {
                writer.WriteStartArray(2);
                writer.WriteInt32(1);
                writer.WriteStartArray(count);
                for (var i = 1; i <= count; i++)
                {
                    writer.WriteStartArray(5);
                    writer.WriteTextString("sched_yield");
                    writer.WriteStartArray(0);
                    writer.WriteEndArray();
                    writer.WriteInt32(0);
                    writer.WriteNull();
                    writer.WriteInt64(100 * i);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                writer.WriteEndArray();
            });
        }
    }

    /// <summary>All that a verifier could hold.</summary>
    public Evidence Evidence => new()
    {
        Key = PublicKey,
        Module = Module,
        Invocation = Invocation.Encode(),
        Stdin = Stdin,
        Output = Output.Encode(),
        Stdout = Stdout,
        Stderr = Stderr,
        BundleManifest = Bundle?.ManifestUnder(Hash),
        Files = Files.ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)file.Value),
        TraceLeaves = [.. TraceLeaves.Select(leaf => new ReadOnlyMemory<byte>(leaf))],
    };

    public PublicKey PublicKey
    {
        get
        {
            using var key = SigningKey.FromSeed(KeySeed);
            return key.PublicKey;
        }
    }

    public CoseSign1 Sign() => Sign(Payload);

    /// <summary>Another claim about this run, by the same key.</summary>
    public CoseSign1 Sign(StatementPayload payload)
    {
        using var key = SigningKey.FromSeed(KeySeed);
        var header = StatementHeader.Create(StatementKind.Execution, key.PublicKey, StatementKind.TaskPrefix + payload.Task, IssuedAtSeconds, Counter) with { Algorithm = Algorithm };
        return CoseSign1.Sign(key, header.Encode(), StatementPayloadCodec.Encode(payload));
    }
}
