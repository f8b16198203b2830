using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class OutputRecordTests
{
    private static readonly byte[] EmptyBlob = RawCbor.Array(RawCbor.Integer(0), RawCbor.Bytes(Blob.Empty.Root.ToArray()));

    [Fact]
    public void Encode_Defaults_IsTheDocumentedArray() => Assert.Equal(Array(), new OutputRecord().Encode());

    [Fact]
    public void Encode_EverythingSet_IsTheDocumentedArray()
    {
        var (stdout, stderr) = (Blob.Of("out"u8), Blob.Of("err"u8));
        ScalarValue[] results = [new(ScalarType.I64, ulong.MaxValue)];
        var output = new OutputRecord { Stdout = stdout, Stderr = stderr, Results = results, Trap = "unreachable", Files = [new("b", stdout), new("aa", stderr)] };

        var expected = Array(
            RawCbor.Array(RawCbor.Integer(3), RawCbor.Bytes(stdout.Root.ToArray())),
            RawCbor.Array(RawCbor.Integer(3), RawCbor.Bytes(stderr.Root.ToArray())),
            RawCbor.Array(RawCbor.Array(RawCbor.Text("i64"), RawCbor.Unsigned(ulong.MaxValue))),
            RawCbor.Text("unreachable"),
            RawCbor.Map(
                (RawCbor.Text("b"), RawCbor.Array(RawCbor.Integer(3), RawCbor.Bytes(stdout.Root.ToArray()))),
                (RawCbor.Text("aa"), RawCbor.Array(RawCbor.Integer(3), RawCbor.Bytes(stderr.Root.ToArray())))));
        Assert.Equal(expected, output.Encode());
    }

    public static TheoryData<string, string> OtherShapes => new()
    {
        { "stdout as bytes", Hex(Array(stdout: RawCbor.Bytes([]))) },
        { "stderr as null", Hex(Array(stderr: RawCbor.Null)) },
        { "a blob of three", Hex(Array(stdout: RawCbor.Array(RawCbor.Integer(0), RawCbor.Bytes(new byte[32]), RawCbor.Null))) },
        { "results as a map", Hex(Array(results: RawCbor.Map())) },
        { "a result with negative bits", Hex(Array(results: RawCbor.Array(RawCbor.Array(RawCbor.Text("i32"), RawCbor.Integer(-1))))) },
        { "a result without a type", Hex(Array(results: RawCbor.Array(RawCbor.Array(RawCbor.Integer(1))))) },
        { "a trap that is a number", Hex(Array(trap: RawCbor.Integer(11))) },
        { "a trap name of 65 bytes", Hex(Array(trap: RawCbor.Text(new string('t', 65)))) },
        { "files as an array", Hex(Array(files: RawCbor.Array())) },
        { "a file without a blob", Hex(Array(files: RawCbor.Map((RawCbor.Text("a"), RawCbor.Null)))) },
        { "a file by number", Hex(Array(files: RawCbor.Map((RawCbor.Integer(0), EmptyBlob)))) },
        { "a path of 4097 bytes", Hex(Array(files: RawCbor.Map((RawCbor.Text(new string('a', 4097)), EmptyBlob)))) },
        { "an array of four", Hex([0x84, .. Array().AsSpan(1, Array().Length - 2)]) },
    };

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public void TryDecode_OtherShape_IsRefused(string name, string hex)
    {
        Assert.NotEmpty(name);

        Assert.Null(OutputRecord.TryDecode(Convert.FromHexString(hex), out var fault));

        Assert.Equal(CborFaultKind.WrongShape, fault!.Kind);
    }

    [Fact]
    public void TryDecode_FilesInAnotherOrder_IsNotDeterministic()
    {
        var bytes = Array(files: RawCbor.Map((RawCbor.Text("aa"), EmptyBlob), (RawCbor.Text("b"), EmptyBlob)));

        Assert.Null(OutputRecord.TryDecode(bytes, out var fault));

        Assert.Equal(CborFaultKind.NotDeterministic, fault!.Kind);
    }

    [Fact]
    public void TryDecode_TrapNameOf64Bytes_IsAccepted() =>
        Assert.Equal(64, OutputRecord.TryDecode(Array(trap: RawCbor.Text(new string('t', 64))), out _)!.Trap!.Length);

    private static byte[] Array(
        byte[]? stdout = null,
        byte[]? stderr = null,
        byte[]? results = null,
        byte[]? trap = null,
        byte[]? files = null) => RawCbor.Array(
            stdout ?? EmptyBlob,
            stderr ?? EmptyBlob,
            results ?? RawCbor.Array(),
            trap ?? RawCbor.Null,
            files ?? RawCbor.EmptyMap);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
