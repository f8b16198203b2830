using System.Formats.Cbor;
using System.Text;
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

    /// <summary>Environment variables; encoded and seen by the guest in ascending order of the names' UTF-8 bytes.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Commitment to stdin.</summary>
    public Blob Stdin { get; init; } = Blob.Empty;

    /// <summary>Where the guest's random numbers come from, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Seed { get; init; } = new byte[SeedSizeBytes];

    /// <summary>Where the guest's clock starts: nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public ulong ClockNanoseconds { get; init; }

    /// <summary>Limits that the guest can notice.</summary>
    public required DeterministicLimits Limits { get; init; }

    /// <summary>Environment variables in the order in which they are encoded and shown to the guest.</summary>
    public IEnumerable<KeyValuePair<string, string>> SortedEnvironment() =>
        Environment.Count == 0 ? [] : Environment.OrderBy(pair => Encoding.UTF8.GetBytes(pair.Key), ByteOrder.Instance);

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
        writer.WriteNull(); // bundle
        writer.WriteStartArray(0); // outputs
        writer.WriteEndArray();
        writer.WriteByteString(Seed.Span);
        writer.WriteUInt64(ClockNanoseconds);
        WriteLimits(writer);
        writer.WriteEndArray();
    }

    private static Invocation Read(ShapeReader reader)
    {
        reader.Array(8, "the invocation");
        var (arguments, functionArguments) = ReadArguments(reader);
        var environment = ReadEnvironment(reader);
        var stdin = BlobCbor.Read(reader, "stdin");
        if (!reader.TryNull())
        {
            throw reader.Wrong("the bundle must be null.");
        }

        reader.Array(0, "outputs");
        reader.EndArray();
        var seed = reader.Bytes("the seed", SeedSizeBytes);
        var clock = reader.Unsigned("the clock");
        var limits = ReadLimits(reader);
        reader.EndArray();
        return new Invocation
        {
            Arguments = arguments,
            FunctionArguments = functionArguments,
            Environment = environment,
            Stdin = stdin,
            Seed = seed,
            ClockNanoseconds = clock,
            Limits = limits,
        };
    }

    private void WriteArguments(CborWriter writer)
    {
        // A command's arguments are [text…]; a function's are {0: [[type, bits]…]}, so that neither can be taken for the other.
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

    private static (List<string> Arguments, List<ScalarValue>? FunctionArguments) ReadArguments(ShapeReader reader)
    {
        if (!reader.NextIsMap())
        {
            var arguments = new List<string>();
            for (var left = reader.Array("args"); left > 0; left--)
            {
                arguments.Add(reader.Text("an argument", int.MaxValue));
            }

            reader.EndArray();
            return (arguments, null);
        }

        reader.Map(1, "function arguments");
        reader.Key(0);
        var values = new List<ScalarValue>();
        for (var left = reader.Array("function arguments"); left > 0; left--)
        {
            values.Add(ScalarValue.Read(reader));
        }

        reader.EndArray();
        reader.EndMap();
        return ([], values);
    }

    private static Dictionary<string, string> ReadEnvironment(ShapeReader reader)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        byte[]? previous = null;
        for (var left = reader.Array("env"); left > 0; left--)
        {
            reader.Array(2, "an environment variable");
            var name = reader.Text("a variable's name", int.MaxValue);
            var key = Encoding.UTF8.GetBytes(name);
            if (previous is not null && ByteOrder.Instance.Compare(previous, key) >= 0)
            {
                throw reader.Wrong("env is not in strictly ascending order.");
            }

            previous = key;
            environment.Add(name, reader.Text("a variable's value", int.MaxValue));
            reader.EndArray();
        }

        reader.EndArray();
        return environment;
    }

    private void WriteLimits(CborWriter writer)
    {
        writer.WriteStartMap(5);
        long[] limits = [Limits.MemoryBytes, Limits.Instructions, Limits.StdoutBytes, Limits.StderrBytes, Limits.TableElements];
        for (var key = 1; key <= limits.Length; key++)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(limits[key - 1]);
        }

        writer.WriteEndMap();
    }

    private static DeterministicLimits ReadLimits(ShapeReader reader)
    {
        reader.Map(5, "limits");
        var limits = new long[5];
        for (var key = 1; key <= limits.Length; key++)
        {
            reader.Key(key);
            limits[key - 1] = reader.Integer("a limit");
            if (limits[key - 1] < 0)
            {
                throw reader.Wrong("a limit is negative.");
            }
        }

        reader.EndMap();
        return new DeterministicLimits(limits[0], limits[1], limits[2], limits[3], limits[4]);
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
