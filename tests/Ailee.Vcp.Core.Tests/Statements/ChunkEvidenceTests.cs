using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Merkle;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>From a part of an output to the statement.</summary>
public sealed class ChunkEvidenceTests
{
    private static readonly byte[] Data = [.. Enumerable.Range(0, 200_000).Select(index => (byte)(index % 251))];

    private static readonly SampleRun Run = SampleRuns.Command with
    {
        Stdout = Data,
        Stderr = [],
        Files = new Dictionary<string, byte[]> { ["out/a"] = Data[..100_000], ["out/b"] = [] },
    };

    public static TheoryData<string?, string?, int, int> Parts { get; } = new()
    {
        { null, null, 0, 200_000 },
        { "stdout", null, 65_536, 1 },
        { "stderr", null, 0, 0 },
        { null, "out/a", 99_999, 1 },
        { null, "out/b", 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void Check_Part_Holds(string? stream, string? file, int offset, int length)
    {
        var name = OutputBlobName.TryParse(stream, file)!;

        var check = new ChunkEvidence(Run.Output.Encode(), name, BlobProofs.Of(Bytes(name), offset, length)).Check(Run.Payload);

        Assert.Equal((ChunkEvidence.CheckName, true), (check.Name, check.Ok));
        Assert.Contains(name.ToString(), check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_PartOfAnotherBlob_Fails()
    {
        var record = Run.Output.Encode();
        var proof = BlobProofs.Of(Data, 0, 1);

        Fails(new ChunkEvidence(record, OutputBlobName.Stderr, proof), "The output commits to 0 bytes of stderr");
        Fails(new ChunkEvidence(record, OutputBlobName.OfFile("out/a"), proof), "The output commits to 100000 bytes of \"out/a\"");
        Fails(new ChunkEvidence(record, OutputBlobName.OfFile("out"), proof), "The output has no file \"out\"");
        Fails(new ChunkEvidence(record, OutputBlobName.OfFile("stdout"), proof), "The output has no file");
        Fails(new ChunkEvidence(record, OutputBlobName.Stdout, proof with { Blob = proof.Blob with { Length = 200_001 } }), "The output commits to 200000 bytes of stdout");
        Fails(new ChunkEvidence(record, OutputBlobName.Stdout, proof with { Offset = 65_536 }), "Chunk 1 is due, chunk 0 is given");
    }

    [Fact]
    public void Check_OtherRecord_Fails()
    {
        var (record, proof) = (Run.Output.Encode(), BlobProofs.Of(Data, 0, 1));

        Fails(new ChunkEvidence(SampleRuns.Command.Output.Encode(), OutputBlobName.Stdout, proof), "not the one that the statement names");
        Fails(new ChunkEvidence(default, OutputBlobName.Stdout, proof), "not the one that the statement names");
        Fails(new ChunkEvidence(record.Append((byte)0).ToArray(), OutputBlobName.Stdout, proof), "not the one that the statement names");
    }

    // A node may sign the digest of anything.
    [Theory]
    [InlineData("")]
    [InlineData("ff")]
    [InlineData("85820058208200")]
    public void Check_RecordThatIsNone_Fails(string hex)
    {
        var record = Convert.FromHexString(hex);

        var check = new ChunkEvidence(record, OutputBlobName.Stdout, BlobProofs.Of(Data, 0, 1)).Check(Run.Payload with { Output = Digest.Of(record) });

        Assert.False(check.Ok);
        Assert.NotEmpty(check.Detail);
    }

    [Theory]
    [InlineData("stdout", "a")]
    [InlineData("stdin", null)]
    [InlineData("", null)]
    [InlineData("Stdout", null)]
    public void TryParse_BothOrNoSuchStream_Null(string? stream, string? file) => Assert.Null(OutputBlobName.TryParse(stream, file));

    [Fact]
    public void ToString_ControlCharacters_DoNotSteerATerminal() =>
        Assert.Equal("\"a\ufffd[2J\ufffdb\"", OutputBlobName.OfFile("a\u001b[2J\nb").ToString());

    private static void Fails(ChunkEvidence evidence, string problem)
    {
        var check = evidence.Check(Run.Payload);

        Assert.False(check.Ok);
        Assert.Contains(problem, check.Detail, StringComparison.Ordinal);
    }

    private static byte[] Bytes(OutputBlobName name) => name.File is { } path ? Run.Files[path] : name == OutputBlobName.Stderr ? Run.Stderr : Run.Stdout;
}
