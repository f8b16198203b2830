using System.Text;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class InvocationTests
{
    private static readonly DeterministicLimits Limits = new(1, 2, 3, 4, 5, 6, 7, 8);
    private static readonly byte[] EmptyBlob = RawCbor.Array(RawCbor.Integer(0), RawCbor.Bytes(Blob.Empty.Root.ToArray()));
    private static readonly byte[] LimitsMap = Keyed(1, 8, key => key);

    [Fact]
    public void Encode_Defaults_IsTheDocumentedArray() =>
        Assert.Equal(Array(), new Invocation { Limits = Limits }.Encode());

    [Fact]
    public void Encode_EverythingSet_IsTheDocumentedArray()
    {
        var seed = Enumerable.Range(0, 32).Select(value => (byte)value).ToArray();
        var stdin = Blob.Of("stdin"u8);
        var invocation = new Invocation
        {
            Arguments = ["-v", ""],
            Environment = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
            Stdin = stdin,
            Bundle = Digest.Of("bundle"u8),
            Outputs = ["out", "out/*.txt"],
            Seed = seed,
            ClockNanoseconds = ulong.MaxValue,
            Limits = Limits,
        };

        var expected = Array(
            args: RawCbor.Array(RawCbor.Text("-v"), RawCbor.Text("")),
            env: RawCbor.Array(Pair("A", "1"), Pair("B", "2")),
            stdin: RawCbor.Array(RawCbor.Integer(5), RawCbor.Bytes(stdin.Root.ToArray())),
            bundle: RawCbor.Bytes(Digest.Of("bundle"u8).ToArray()),
            outputs: RawCbor.Array(RawCbor.Text("out"), RawCbor.Text("out/*.txt")),
            seed: RawCbor.Bytes(seed),
            clock: RawCbor.Unsigned(ulong.MaxValue));
        Assert.Equal(expected, invocation.Encode());
    }

    // UTF-16 order would put the surrogates of U+10000 before U+FF21; length-first order would put "Z" before "AA".
    [Fact]
    public void Encode_Environment_IsInBytewiseOrderOfTheNames()
    {
        string[] names = ["\U00010000", "\uff21", "Z", "AA", "A", "a", "\u00e9", "_"];
        var invocation = new Invocation { Environment = names.ToDictionary(name => name, name => "v"), Limits = Limits };

        var sorted = invocation.SortedEnvironment().Select(pair => pair.Key).ToArray();

        Assert.Equal(["A", "AA", "Z", "_", "a", "\u00e9", "\uff21", "\U00010000"], sorted);
        Assert.Equal(names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal), sorted);
        Assert.Equal(Array(env: RawCbor.Array([.. sorted.Select(name => Pair(name, "v"))])), invocation.Encode());
    }

    [Fact]
    public void Encode_FunctionArguments_AreAMapOfTypesAndBits()
    {
        ScalarValue[] arguments = [new(ScalarType.I32, 0xffff_ffff), new(ScalarType.F64, 1ul << 63)];
        var invocation = new Invocation { FunctionArguments = arguments, Limits = Limits };

        var values = RawCbor.Array(
            RawCbor.Array(RawCbor.Text("i32"), RawCbor.Unsigned(0xffff_ffff)),
            RawCbor.Array(RawCbor.Text("f64"), RawCbor.Unsigned(1ul << 63)));
        Assert.Equal(Array(args: RawCbor.Map((RawCbor.Integer(0), values))), invocation.Encode());
    }

    [Fact]
    public void Encode_FunctionOfBytes_IsAMapOfNull()
    {
        var bytes = new Invocation { PassesBytes = true, Limits = Limits }.Encode();

        Assert.Equal(Array(args: RawCbor.Map((RawCbor.Integer(1), RawCbor.Null))), bytes);
        Assert.True(Decode(bytes)!.PassesBytes);
    }

    // A command with no arguments and a function with none run different things.
    [Fact]
    public void Encode_CommandAndFunction_AreNotConfusable()
    {
        var command = new Invocation { Limits = Limits }.Encode();
        var function = new Invocation { FunctionArguments = [], Limits = Limits }.Encode();

        Assert.NotEqual(command, function);
        Assert.False(Decode(command)!.PassesBytes || Decode(function)!.PassesBytes);
        Assert.Null(Decode(command)!.FunctionArguments);
        Assert.Empty(Decode(function)!.FunctionArguments!);
    }

    public static TheoryData<string, string> OtherShapes => new()
    {
        { "arguments of both forms", Hex(Array(args: RawCbor.Array(RawCbor.Array(RawCbor.Text("i32"), RawCbor.Unsigned(1))))) },
        { "a function argument that is text", Hex(Array(args: RawCbor.Map((RawCbor.Integer(0), RawCbor.Array(RawCbor.Text("1")))))) },
        { "function arguments under another key", Hex(Array(args: RawCbor.Map((RawCbor.Integer(2), RawCbor.Array())))) },
        { "a function of bytes with arguments", Hex(Array(args: RawCbor.Map((RawCbor.Integer(1), RawCbor.Array())))) },
        { "a function of numbers without arguments", Hex(Array(args: RawCbor.Map((RawCbor.Integer(0), RawCbor.Null)))) },
        { "two kinds of function arguments", Hex(Array(args: Keyed(0, 2, _ => 1))) },
        { "no arguments at all", Hex(Array(args: RawCbor.Null)) },
        { "an argument that is bytes", Hex(Array(args: RawCbor.Array(RawCbor.Bytes([65])))) },
        { "env out of order", Hex(Array(env: RawCbor.Array(Pair("B", ""), Pair("A", "")))) },
        { "env in UTF-16 order", Hex(Array(env: RawCbor.Array(Pair("\U00010000", ""), Pair("\uff21", "")))) },
        { "env in length-first order", Hex(Array(env: RawCbor.Array(Pair("Z", ""), Pair("AA", "")))) },
        { "a variable twice", Hex(Array(env: RawCbor.Array(Pair("A", "1"), Pair("A", "2")))) },
        { "env as a map", Hex(Array(env: RawCbor.Map((RawCbor.Text("A"), RawCbor.Text("1"))))) },
        { "a variable without a value", Hex(Array(env: RawCbor.Array(RawCbor.Array(RawCbor.Text("A"))))) },
        { "a negative stdin length", Hex(Array(stdin: RawCbor.Array(RawCbor.Integer(-1), RawCbor.Bytes(new byte[32])))) },
        { "a stdin length of 64 bits", Hex(Array(stdin: RawCbor.Array(RawCbor.Unsigned(1ul << 63), RawCbor.Bytes(new byte[32])))) },
        { "a short stdin root", Hex(Array(stdin: RawCbor.Array(RawCbor.Integer(0), RawCbor.Bytes(new byte[31])))) },
        { "stdin as bytes", Hex(Array(stdin: RawCbor.Bytes([]))) },
        { "a bundle of no known form", Hex(Array(bundle: RawCbor.Text("bundle"))) },
        { "a bundle of 31 bytes", Hex(Array(bundle: RawCbor.Bytes(new byte[31]))) },
        { "outputs of no known form", Hex(Array(outputs: RawCbor.Map())) },
        { "an output that is bytes", Hex(Array(outputs: RawCbor.Array(RawCbor.Bytes([97])))) },
        { "outputs out of order", Hex(Array(outputs: RawCbor.Array(RawCbor.Text("b"), RawCbor.Text("a")))) },
        { "outputs in UTF-16 order", Hex(Array(outputs: RawCbor.Array(RawCbor.Text("\U00010000"), RawCbor.Text("\uff21")))) },
        { "an output twice", Hex(Array(outputs: RawCbor.Array(RawCbor.Text("a"), RawCbor.Text("a")))) },
        { "a seed of 31 bytes", Hex(Array(seed: RawCbor.Bytes(new byte[31]))) },
        { "a seed of 33 bytes", Hex(Array(seed: RawCbor.Bytes(new byte[33]))) },
        { "a clock before 1970", Hex(Array(clock: RawCbor.Integer(-1))) },
        { "a clock as text", Hex(Array(clock: RawCbor.Text("2000-01-01T00:00:00Z"))) },
        { "seven limits", Hex(Array(limits: Keyed(1, 7, _ => 1))) },
        { "nine limits", Hex(Array(limits: Keyed(1, 9, _ => 1))) },
        { "limits under other keys", Hex(Array(limits: Keyed(0, 8, _ => 1))) },
        { "a negative limit", Hex(Array(limits: Keyed(1, 8, _ => -1))) },
        { "a tag around it", Hex(RawCbor.Tag(18, Array())) },
        { "seven elements", Hex([0x87, .. Array().AsSpan(1, Array().Length - 1 - LimitsMap.Length)]) },
    };

    [Theory]
    [MemberData(nameof(OtherShapes))]
    public void TryDecode_OtherShape_IsRefused(string name, string hex)
    {
        Assert.NotEmpty(name);

        Assert.Null(Invocation.TryDecode(Convert.FromHexString(hex), out var fault));

        Assert.Equal(CborFaultKind.WrongShape, fault!.Kind);
    }

    [Fact]
    public void TryDecode_EveryPrefix_IsTruncated()
    {
        var bytes = Array();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(Invocation.TryDecode(bytes.AsMemory(0, length), out var fault));
            Assert.Equal(CborFaultKind.Truncated, fault!.Kind);
        }
    }

    private static Invocation? Decode(byte[] bytes) => Invocation.TryDecode(bytes, out _);

    private static byte[] Array(
        byte[]? args = null,
        byte[]? env = null,
        byte[]? stdin = null,
        byte[]? bundle = null,
        byte[]? outputs = null,
        byte[]? seed = null,
        byte[]? clock = null,
        byte[]? limits = null) => RawCbor.Array(
            args ?? RawCbor.Array(),
            env ?? RawCbor.Array(),
            stdin ?? EmptyBlob,
            bundle ?? RawCbor.Null,
            outputs ?? RawCbor.Array(),
            seed ?? RawCbor.Bytes(new byte[32]),
            clock ?? RawCbor.Integer(0),
            limits ?? LimitsMap);

    private static byte[] Keyed(int first, int count, Func<int, long> value) =>
        RawCbor.Map([.. Enumerable.Range(first, count).Select(key => (RawCbor.Integer(key), RawCbor.Integer(value(key))))]);

    private static byte[] Pair(string name, string value) => RawCbor.Array(RawCbor.Text(name), RawCbor.Text(value));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    // What was signed before guests had files stays readable, and has no second spelling.
    [Fact]
    public void Encode_NoLimitsOfFiles_LeavesThemOutAndReadsThemBack()
    {
        var invocation = new Invocation { Limits = Limits with { ScratchBytes = 0, ScratchEntries = 0, Descriptors = 0 } };
        var bytes = invocation.Encode();
        var spelledOut = new Invocation { Limits = Limits }.Encode();
        foreach (var offset in (int[])[1, 3, 5])
        {
            spelledOut[^offset] = 0;
        }

        Assert.Equal(Keyed(1, 5, key => key), bytes[^Keyed(1, 5, key => key).Length..]);
        Assert.Equal(bytes, Invocation.TryDecode(bytes, out _)!.Encode());
        Assert.Null(Invocation.TryDecode(spelledOut, out var fault));
        Assert.Contains("left out", fault!.Detail, StringComparison.Ordinal);
    }
}
