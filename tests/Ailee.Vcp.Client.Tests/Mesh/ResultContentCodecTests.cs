using System.Formats.Cbor;
using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using CsCheck;

namespace Ailee.Vcp.Client.Tests.Mesh;

public sealed class ResultContentCodecTests
{
    private static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 40];
    private static readonly Gen<string> Path = Gen.String[Gen.Char['\u0020', '\u024f'], 1, 12];
    private static readonly Gen<ResultContent> Content =
        Gen.Select(Bytes, Bytes, Bytes, Gen.Dictionary(Path, Bytes)[0, 5], Bytes.List[0, 4], Gen.Int[0, 2]).Select((output, stdout, stderr, files, leaves, missing) => new ResultContent
        {
            Output = output,
            Stdout = stdout,
            Stderr = stderr,
            Files = files.ToDictionary(file => file.Key, file => (ReadOnlyMemory<byte>)file.Value),
            TraceHashes = new byte[32 * (leaves.Count + missing)],
            TraceLeaves = [.. leaves.Select(leaf => (ReadOnlyMemory<byte>)leaf)],
        });

    private static readonly ResultContent Sample = new()
    {
        Output = "record"u8.ToArray(),
        Stdout = "out"u8.ToArray(),
        Stderr = "err"u8.ToArray(),
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["aa"] = "second"u8.ToArray(), ["z"] = "first"u8.ToArray(), ["ä"] = "third"u8.ToArray() },
        TraceHashes = new byte[64],
        TraceLeaves = ["leaf"u8.ToArray()],
    };

    [Fact]
    public void Encode_Sample_IsTheDocumentedBytes()
    {
        var expected = "86" + "46" + Hex("record") + "43" + Hex("out") + "43" + Hex("err")
            + "a3" + "617a" + "45" + Hex("first") + "626161" + "46" + Hex("second") + "62c3a4" + "45" + Hex("third")
            + "5840" + new string('0', 128) + "81" + "44" + Hex("leaf");

        Assert.Equal(expected, Convert.ToHexStringLower(ResultContentCodec.Encode(Sample)));
    }

    [Fact]
    public void TryDecode_Encoded_IsTheSame() => Content.Sample(content =>
    {
        var encoded = ResultContentCodec.Encode(content);

        Assert.Null(DeterministicCbor.Check(encoded));
        Assert.True(ResultContentCodec.TryDecode(encoded, encoded.Length, out var decoded, out _));
        Assert.Equal(encoded, ResultContentCodec.Encode(decoded));
        Assert.Equal(content.Output.ToArray(), decoded.Output.ToArray());
        Assert.Equal(content.Stderr.ToArray(), decoded.Stderr.ToArray());
        Assert.Equal(content.Files.Keys.Order(StringComparer.Ordinal), decoded.Files.Keys.Order(StringComparer.Ordinal));
        Assert.All(content.Files, file => Assert.Equal(file.Value.ToArray(), decoded.Files[file.Key].ToArray()));
        Assert.Equal(content.TraceLeaves.Select(leaf => Convert.ToHexString(leaf.Span)), decoded.TraceLeaves.Select(leaf => Convert.ToHexString(leaf.Span)));
    });

    [Fact]
    public void TryDecode_MutatedBytes_NeverThrowsAndTakesOnlyWhatReencodesIdentically() =>
        Gen.Select(Content, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).List[1, 4], Gen.Int[0, 3]).Sample(
            (content, edits, cut) =>
            {
                var bytes = ResultContentCodec.Encode(content);
                foreach (var (at, value) in edits)
                {
                    bytes[at % bytes.Length] = value;
                }

                AssertSound(bytes[..^Math.Min(cut, bytes.Length)]);
            },
            iter: 5000);

    [Fact]
    public void TryDecode_RandomBytes_NeverThrows() => Gen.Byte.Array[0, 100].Sample(AssertSound, iter: 5000);

    [Fact]
    public void TryDecode_EveryPrefix_IsRefused()
    {
        var encoded = ResultContentCodec.Encode(Sample);

        for (var length = 0; length < encoded.Length; length++)
        {
            AssertRefused(CborFaultKind.Truncated, encoded[..length]);
        }

        AssertRefused(CborFaultKind.TrailingBytes, [.. encoded, 0]);
    }

    [Fact]
    public void TryDecode_LargerThanAllowed_IsRefusedUnread()
    {
        var encoded = ResultContentCodec.Encode(Sample);

        Assert.False(ResultContentCodec.TryDecode(encoded, encoded.Length - 1, out _, out var fault));
        Assert.Contains($"{encoded.Length - 1} bytes", fault.Detail, StringComparison.Ordinal);
        Assert.True(ResultContentCodec.TryDecode(encoded, encoded.Length, out _, out _));
    }

    [Theory]
    // Not six elements; elements of another type.
    [InlineData(CborFaultKind.WrongShape, "85404040a040")]
    [InlineData(CborFaultKind.WrongShape, "87404040a0408040")]
    [InlineData(CborFaultKind.WrongShape, "a0")]
    [InlineData(CborFaultKind.WrongShape, "40")]
    [InlineData(CborFaultKind.WrongShape, "86f64040a04080")]
    [InlineData(CborFaultKind.WrongShape, "86404060a04080")]
    [InlineData(CborFaultKind.WrongShape, "86404040804080")]
    [InlineData(CborFaultKind.WrongShape, "86404040a08080")]
    [InlineData(CborFaultKind.WrongShape, "86404040a04040")]
    [InlineData(CborFaultKind.WrongShape, "86404040a0f680")]
    // Files: a path that is bytes, a file that is text.
    [InlineData(CborFaultKind.WrongShape, "86404040a14161404080")]
    [InlineData(CborFaultKind.WrongShape, "86404040a16161604080")]
    // A path twice; paths out of order: by text, and by length, which comes first in this encoding.
    [InlineData(CborFaultKind.NotDeterministic, "86404040a261614061614040 80")]
    [InlineData(CborFaultKind.NotDeterministic, "86404040a261624061614040 80")]
    [InlineData(CborFaultKind.NotDeterministic, "86404040a262616140617a4040 80")]
    // A path that is no UTF-8.
    [InlineData(CborFaultKind.Malformed, "86404040a161ff4040 80")]
    // Half a hash; more leaves than hashes; a leaf that is no byte string.
    [InlineData(CborFaultKind.WrongShape, "86404040a0410080")]
    [InlineData(CborFaultKind.WrongShape, "86404040a0408140")]
    [InlineData(CborFaultKind.WrongShape, "86404040a05820000000000000000000000000000000000000000000000000000000000000000081 80")]
    // Indefinite lengths, a tag.
    [InlineData(CborFaultKind.NotDeterministic, "9f404040a04080ff")]
    [InlineData(CborFaultKind.WrongShape, "c186404040a04080")]
    public void TryDecode_AnotherShape_IsNamed(CborFaultKind kind, string hex) => AssertRefused(kind, Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)));

    [Fact]
    public void TryDecode_LongPaths_AreRefused()
    {
        var files = Enumerable.Range(0, 1 + (OutputFile.MaxPathsBytes / OutputFile.MaxPathBytes)).ToDictionary(number => number.ToString("d4").PadRight(OutputFile.MaxPathBytes, 'x'), _ => default(ReadOnlyMemory<byte>));
        var (most, tooMany) = (Sample with { Files = files.Skip(1).ToDictionary() }, Sample with { Files = files });
        var tooLong = Sample with { Files = new Dictionary<string, ReadOnlyMemory<byte>> { [new string('x', OutputFile.MaxPathBytes + 1)] = default } };

        Assert.True(ResultContentCodec.TryDecode(ResultContentCodec.Encode(most), int.MaxValue, out _, out _));
        AssertRefused(CborFaultKind.WrongShape, ResultContentCodec.Encode(tooMany));
        AssertRefused(CborFaultKind.WrongShape, ResultContentCodec.Encode(tooLong));
    }

    // What a short input says that follows must not be believed before it is there.
    [Theory]
    [InlineData("9bffffffffffffffff")]
    [InlineData("86404040bbffffffffffffffff")]
    [InlineData("86404040a0409a7fffffff")]
    [InlineData("865b7fffffffffffffff")]
    public void TryDecode_HugeCounts_CostNothing(string hex)
    {
        var data = Convert.FromHexString(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused(CborFaultKind.Truncated, data);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void TryDecode_ManyEmptyLeaves_AreRefusedByTheHashes()
    {
        var writer = new CborWriter();
        writer.WriteStartArray(6);
        writer.WriteByteString([]);
        writer.WriteByteString([]);
        writer.WriteByteString([]);
        writer.WriteStartMap(0);
        writer.WriteEndMap();
        writer.WriteByteString(new byte[32]);
        writer.WriteStartArray(1_000_000);
        for (var i = 0; i < 1_000_000; i++)
        {
            writer.WriteByteString([]);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
        var data = writer.Encode();
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertRefused(CborFaultKind.WrongShape, data);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void FromAndInto_Report_CarryEverythingThatIsContent()
    {
        var report = new LeaseReport
        {
            Lease = Guid.NewGuid(),
            Statement = "statement"u8.ToArray(),
            Output = Sample.Output,
            Stdout = Sample.Stdout,
            Stderr = Sample.Stderr,
            Files = Sample.Files,
            TraceHashes = Sample.TraceHashes,
            TraceLeaves = Sample.TraceLeaves,
            WallTime = TimeSpan.FromSeconds(1),
        };
        var bare = new LeaseReport { Lease = report.Lease, Statement = report.Statement, WallTime = report.WallTime };

        Assert.Equal(Sample, ResultContent.From(report));
        Assert.Equal(report, ResultContent.From(report).Into(bare));
    }

    private static void AssertSound(byte[] bytes)
    {
        if (ResultContentCodec.TryDecode(bytes, bytes.Length, out var content, out var fault))
        {
            Assert.Equal(bytes, ResultContentCodec.Encode(content));
        }
        else
        {
            Assert.NotEmpty(fault.Detail);
        }
    }

    private static void AssertRefused(CborFaultKind kind, byte[] bytes)
    {
        Assert.False(ResultContentCodec.TryDecode(bytes, int.MaxValue, out var content, out var fault), "It was taken.");
        Assert.Null(content);
        Assert.Equal(kind, fault.Kind);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
