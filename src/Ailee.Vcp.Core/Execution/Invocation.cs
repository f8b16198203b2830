using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// Everything that a guest can observe, apart from the bytes of stdin, which are committed to. Its canonical encoding is what
/// the input digest hashes (docs/design/statement.md, "Invocation").
/// </summary>
public sealed record Invocation
{
    /// <summary>Length of <see cref="Seed"/> in bytes.</summary>
    public const int SeedSizeBytes = 32;

    /// <summary>argv[1…] of a command; empty if <see cref="FunctionArguments"/> is set.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The arguments of an exported function, or null for a command.</summary>
    public IReadOnlyList<ScalarValue>? FunctionArguments { get; init; }

    /// <summary>True for an exported function that takes the bytes of stdin and returns bytes; <see cref="FunctionArguments"/> is null then.</summary>
    public bool PassesBytes { get; init; }

    /// <summary>Environment variables; encoded and seen by the guest in ascending order of the names' UTF-8 bytes.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Commitment to stdin.</summary>
    public Blob Stdin { get; init; } = Blob.Empty;

    /// <summary>Digest, under the statement's hash, of the bundle below the guest's file system, or null for an empty one.</summary>
    public Digest? Bundle { get; init; }

    /// <summary>Patterns of the scratch files to bring back, each once, in ascending order of their UTF-8 bytes.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Where the guest's random numbers come from, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Seed { get; init; } = new byte[SeedSizeBytes];

    /// <summary>Where the guest's clock starts: nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public ulong ClockNanoseconds { get; init; }

    /// <summary>Limits that the guest can notice.</summary>
    public required DeterministicLimits Limits { get; init; }

    /// <summary>Environment variables in the order in which they are encoded and shown to the guest.</summary>
    public IEnumerable<KeyValuePair<string, string>> SortedEnvironment() =>
        Environment.Count == 0 ? [] : Environment.OrderBy(pair => pair.Key, Utf8Order.Instance);

    /// <summary>The canonical encoding.</summary>
    public byte[] Encode() => CborWriting.Encode(this, static (writer, invocation) => invocation.Write(writer));

    /// <summary>Reads the canonical encoding. Null and a fault if the bytes are anything else.</summary>
    public static Invocation? TryDecode(ReadOnlyMemory<byte> data, out CborFault? fault) =>
        ShapeDecoding.Try(() => Read(new ShapeReader(data, "invocation")), out fault);

    private void Write(CborWriter writer)
    {
        writer.WriteStartArray(8);
        WriteArguments(writer);
        var environment = SortedEnvironment().ToList();
        writer.WriteStartArray(environment.Count);
        foreach (var (name, value) in environment)
        {
            writer.WriteStartArray(2);
            writer.WriteTextString(name);
            writer.WriteTextString(value);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        BlobCbor.Write(writer, Stdin);
        if (Bundle is { } bundle)
        {
            writer.WriteDigest(bundle);
        }
        else
        {
            writer.WriteNull();
        }

        writer.WriteStartArray(Outputs.Count);
        foreach (var output in Outputs)
        {
            writer.WriteTextString(output);
        }

        writer.WriteEndArray();
        writer.WriteByteString(Seed.Span);
        writer.WriteUInt64(ClockNanoseconds);
        Limits.Write(writer);
        writer.WriteEndArray();
    }

    private static Invocation Read(ShapeReader reader)
    {
        reader.Array(8, "the invocation");
        var (arguments, functionArguments, passesBytes) = ReadArguments(reader);
        var environment = ReadEnvironment(reader);
        var stdin = BlobCbor.Read(reader, "stdin");
        Digest? bundle = reader.TryNull() ? null : reader.Digest("the bundle");
        var outputs = ReadOutputs(reader);
        var seed = reader.Bytes("the seed", SeedSizeBytes);
        var clock = reader.Unsigned("the clock");
        var limits = DeterministicLimits.Read(reader);
        reader.EndArray();
        return new Invocation
        {
            Arguments = arguments,
            FunctionArguments = functionArguments,
            PassesBytes = passesBytes,
            Environment = environment,
            Stdin = stdin,
            Bundle = bundle,
            Outputs = outputs,
            Seed = seed,
            ClockNanoseconds = clock,
            Limits = limits,
        };
    }

    private void WriteArguments(CborWriter writer)
    {
        // A command's arguments are [text…]; a function's are {0: [[type, bits]…]}, or {1: null} if it takes bytes, so that none can
        // be taken for another.
        if (PassesBytes)
        {
            writer.WriteStartMap(1);
            writer.WriteInt32(1);
            writer.WriteNull();
            writer.WriteEndMap();
            return;
        }

        if (FunctionArguments is null)
        {
            writer.WriteStartArray(Arguments.Count);
            foreach (var argument in Arguments)
            {
                writer.WriteTextString(argument);
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteStartMap(1);
        writer.WriteInt32(0);
        writer.WriteStartArray(FunctionArguments.Count);
        foreach (var value in FunctionArguments)
        {
            value.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteEndMap();
    }

    private static (List<string> Arguments, List<ScalarValue>? FunctionArguments, bool PassesBytes) ReadArguments(ShapeReader reader)
    {
        if (!reader.NextIsMap())
        {
            var arguments = new List<string>();
            for (var left = reader.Array("args"); left > 0; left--)
            {
                arguments.Add(reader.Text("an argument", int.MaxValue));
            }

            reader.EndArray();
            return (arguments, null, false);
        }

        reader.Map(1, "function arguments");
        var passesBytes = reader.Integer("a map key") switch { 0 => false, 1 => true, _ => throw reader.Wrong("key 0 or 1 expected.") };
        var values = passesBytes ? null : ReadValues(reader);
        if (passesBytes && !reader.TryNull())
        {
            throw reader.Wrong("the arguments of a function of bytes must be null.");
        }

        reader.EndMap();
        return ([], values, passesBytes);
    }

    private static List<ScalarValue> ReadValues(ShapeReader reader)
    {
        var values = new List<ScalarValue>();
        for (var left = reader.Array("function arguments"); left > 0; left--)
        {
            values.Add(ScalarValue.Read(reader));
        }

        reader.EndArray();
        return values;
    }

    private static Dictionary<string, string> ReadEnvironment(ShapeReader reader)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        string? previous = null;
        for (var left = reader.Array("env"); left > 0; left--)
        {
            reader.Array(2, "an environment variable");
            var name = reader.Text("a variable's name", int.MaxValue);
            if (previous is not null && Utf8Order.Instance.Compare(previous, name) >= 0)
            {
                throw reader.Wrong("env is not in strictly ascending order.");
            }

            previous = name;
            environment.Add(name, reader.Text("a variable's value", int.MaxValue));
            reader.EndArray();
        }

        reader.EndArray();
        return environment;
    }

    private static List<string> ReadOutputs(ShapeReader reader)
    {
        var outputs = new List<string>();
        for (var left = reader.Array("outputs"); left > 0; left--)
        {
            var output = reader.Text("an output", int.MaxValue);
            if (outputs.Count > 0 && Utf8Order.Instance.Compare(outputs[^1], output) >= 0)
            {
                throw reader.Wrong("outputs are not in strictly ascending order.");
            }

            outputs.Add(output);
        }

        reader.EndArray();
        return outputs;
    }
}
