using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class InvocationPropertyTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['\0', '\ud7ff'], 0, 6];

    private static readonly Gen<Blob> AnyBlob =
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Byte.Array[32]).Select((length, root) => new Blob(length, new Digest(root)));

    private static readonly Gen<DeterministicLimits> AnyLimits = Gen.Long[0, long.MaxValue].Array[8]
        .Select(limits => new DeterministicLimits(limits[0], limits[1], limits[2], limits[3], limits[4], limits[5], limits[6], limits[7]));

    private static readonly Gen<ScalarValue[]> Values = ScalarValueTests.Any.Array[0, 3];

    private static readonly Gen<Invocation> AnyArguments = Gen.Select(Text.Array[0, 4], Values, Gen.Int[0, 2]).Select((arguments, values, form) => new Invocation
    {
        Arguments = form == 0 ? arguments : [],
        FunctionArguments = form == 1 ? values : null,
        PassesBytes = form == 2,
        Limits = new DeterministicLimits(0, 0, 0, 0, 0, 0, 0, 0),
    });

    private static readonly Gen<(Digest? Bundle, string[] Outputs)> AnyTree = Gen.Select(Gen.Byte.Array[32], Gen.Bool, Text.Array[0, 4])
        .Select((bundle, isThere, outputs) => (isThere ? new Digest(bundle) : default(Digest?), outputs.Distinct().Order(Utf8Order.Instance).ToArray()));

    private static readonly Gen<OutputFile[]> AnyFiles = Gen.Select(Text.Array[0, 4], AnyBlob)
        .Select((paths, content) => paths.Distinct().Order(OutputFile.Order).Select(path => new OutputFile(path, content)).ToArray());

    private static readonly Gen<Invocation> Any =
        Gen.Select(AnyArguments, Gen.Dictionary(Text, Text)[0, 4], AnyBlob, AnyTree, Gen.Byte.Array[32], Gen.ULong, AnyLimits)
            .Select((arguments, environment, stdin, tree, seed, clock, limits) => arguments with
            {
                Environment = environment,
                Stdin = stdin,
                Bundle = tree.Bundle,
                Outputs = tree.Outputs,
                Seed = seed,
                ClockNanoseconds = clock,
                Limits = limits,
            });

    private static readonly Gen<OutputRecord> AnyOutput =
        Gen.Select(AnyBlob, AnyBlob, Values, Gen.String[Gen.Char.AlphaNumeric, 0, 64].Null(), AnyFiles).Select((stdout, stderr, results, trap, files) =>
            new OutputRecord { Stdout = stdout, Stderr = stderr, Results = results, Trap = trap, Files = files });

    [Fact]
    public void TryDecode_EncodedInvocation_GivesEverythingBack() => Any.Sample(invocation =>
    {
        var bytes = invocation.Encode();

        var decoded = Invocation.TryDecode(bytes, out var fault);

        Assert.Null(fault);
        Assert.Null(DeterministicCbor.Check(bytes));
        Assert.Equal(invocation.Arguments, decoded!.Arguments);
        Assert.Equal(invocation.FunctionArguments, decoded.FunctionArguments);
        Assert.Equal(invocation.PassesBytes, decoded.PassesBytes);
        Assert.Equal(invocation.Bundle, decoded.Bundle);
        Assert.Equal(invocation.Outputs, decoded.Outputs);
        Assert.Equal(invocation.SortedEnvironment(), decoded.SortedEnvironment());
        Assert.Equal(invocation.Stdin, decoded.Stdin);
        Assert.Equal(invocation.Seed.ToArray(), decoded.Seed.ToArray());
        Assert.Equal(invocation.ClockNanoseconds, decoded.ClockNanoseconds);
        Assert.Equal(invocation.Limits, decoded.Limits);
        Assert.Equal(bytes, decoded.Encode());
    });

    [Fact]
    public void TryDecode_MutatedInvocation_RefusesOrReencodesIdentically() =>
        Gen.Select(Any, Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
            (invocation, position, value) =>
            {
                var bytes = Mutate(invocation.Encode(), position, value);
                if (Invocation.TryDecode(bytes, out var fault) is { } decoded)
                {
                    Assert.Equal(bytes, decoded.Encode());
                }
                else
                {
                    Assert.NotNull(fault);
                }
            },
            iter: 5_000);

    [Fact]
    public void TryDecode_EncodedOutput_GivesEverythingBack() => AnyOutput.Sample(output =>
    {
        var bytes = output.Encode();

        var decoded = OutputRecord.TryDecode(bytes, out var fault);

        Assert.Null(fault);
        Assert.Null(DeterministicCbor.Check(bytes));
        Assert.Equal(output.Stdout, decoded!.Stdout);
        Assert.Equal(output.Stderr, decoded.Stderr);
        Assert.Equal(output.Results, decoded.Results);
        Assert.Equal(output.Trap, decoded.Trap);
        Assert.Equal(output.Files, decoded.Files);
        Assert.Equal(bytes, decoded.Encode());
    });

    [Fact]
    public void TryDecode_MutatedOutput_RefusesOrReencodesIdentically() =>
        Gen.Select(AnyOutput, Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
            (output, position, value) =>
            {
                var bytes = Mutate(output.Encode(), position, value);
                if (OutputRecord.TryDecode(bytes, out var fault) is { } decoded)
                {
                    Assert.Equal(bytes, decoded.Encode());
                }
                else
                {
                    Assert.NotNull(fault);
                }
            },
            iter: 5_000);

    // Ambiguous concatenation: the same characters, cut elsewhere or moved to another place.
    [Fact]
    public void Encode_DifferentInvocations_Differ()
    {
        var limits = new DeterministicLimits(1, 1, 1, 1, 1, 1, 1, 1);
        Invocation[] invocations =
        [
            new() { Limits = limits },
            new() { Arguments = [""], Limits = limits },
            new() { Arguments = ["", ""], Limits = limits },
            new() { Arguments = ["ab"], Limits = limits },
            new() { Arguments = ["a", "b"], Limits = limits },
            new() { Arguments = ["b", "a"], Limits = limits },
            new() { Arguments = ["a b"], Limits = limits },
            new() { Environment = new Dictionary<string, string> { ["a"] = "b" }, Limits = limits },
            new() { Environment = new Dictionary<string, string> { ["ab"] = "" }, Limits = limits },
            new() { Environment = new Dictionary<string, string> { [""] = "ab" }, Limits = limits },
            new() { Arguments = ["a"], Environment = new Dictionary<string, string> { ["b"] = "" }, Limits = limits },
            new() { FunctionArguments = [], Limits = limits },
            new() { FunctionArguments = [new(ScalarType.I32, 0)], Limits = limits },
            new() { FunctionArguments = [new(ScalarType.I64, 0)], Limits = limits },
            new() { FunctionArguments = [new(ScalarType.F32, 0)], Limits = limits },
            new() { FunctionArguments = [new(ScalarType.F64, 0)], Limits = limits },
            new() { FunctionArguments = [new(ScalarType.F64, 1ul << 63)], Limits = limits },
            new() { Stdin = Blob.Of("ab"u8), Limits = limits },
            new() { ClockNanoseconds = 1, Limits = limits },
            new() { Seed = Enumerable.Repeat((byte)1, 32).ToArray(), Limits = limits },
            new() { Limits = limits with { MemoryBytes = 2 } },
            new() { Limits = limits with { Instructions = 2 } },
            new() { Limits = limits with { StdoutBytes = 2 } },
            new() { Limits = limits with { StderrBytes = 2 } },
            new() { Limits = limits with { TableElements = 2 } },
            new() { Limits = limits with { ScratchBytes = 2 } },
            new() { Limits = limits with { ScratchEntries = 2 } },
            new() { Limits = limits with { Descriptors = 2 } },
            new() { PassesBytes = true, Limits = limits },
            new() { Bundle = Digest.Of([]), Limits = limits },
            new() { Bundle = Digest.Of("a"u8), Limits = limits },
            new() { Outputs = ["a"], Limits = limits },
            new() { Outputs = ["a", "b"], Limits = limits },
            new() { Outputs = ["a/b"], Limits = limits },
        ];

        var distinct = invocations.Select(invocation => Digest.Of(invocation.Encode())).Distinct().Count();

        Assert.Equal(invocations.Length, distinct);
    }

    private static byte[] Mutate(byte[] bytes, int position, byte value)
    {
        bytes[position % bytes.Length] = value;
        return bytes;
    }
}
