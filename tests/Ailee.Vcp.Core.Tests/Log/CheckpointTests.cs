using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Tests.Log;

public sealed class CheckpointTests
{
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    // The text of the example in C2SP tlog-cosignature; 0 and the largest size beside it.
    [Theory]
    [InlineData("example.com/behind-the-sofa\n20852163\n" + Root + "\n", 20_852_163)]
    [InlineData("an origin with spaces\n0\n" + Root + "\n", 0)]
    [InlineData("o\n9223372036854775807\n" + Root + "\n", long.MaxValue)]
    public void TryParse_Text_RoundTrips(string text, long size)
    {
        var checkpoint = Checkpoint.TryParse(text)!;

        Assert.Equal(size, checkpoint.Size);
        Assert.Equal(Root, Convert.ToBase64String(checkpoint.Root.ToArray()));
        Assert.Equal(text, checkpoint.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n1\n" + Root + "\n")]
    [InlineData("o\n1\n" + Root)]
    [InlineData("o\n1\n" + Root + "\nextension\n")]
    [InlineData("o\n1\n" + Root + "\n\n")]
    [InlineData("o\n01\n" + Root + "\n")]
    [InlineData("o\n+1\n" + Root + "\n")]
    [InlineData("o\n-1\n" + Root + "\n")]
    [InlineData("o\n 1\n" + Root + "\n")]
    [InlineData("o\n1 \n" + Root + "\n")]
    [InlineData("o\n1e3\n" + Root + "\n")]
    [InlineData("o\n\u0661\n" + Root + "\n")]
    [InlineData("o\n9223372036854775808\n" + Root + "\n")]
    [InlineData("o\n\n" + Root + "\n")]
    [InlineData("o\n1\n\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")] // spare bits
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nAAAA\n")]
    public void TryParse_AnythingElse_IsNull(string text) => Assert.Null(Checkpoint.TryParse(text));

    [Fact]
    public void Note_OfTheLog_IsVerifiedByLogAndWitness()
    {
        var note = SignedNote.TryParse(SampleLog.Note(513).ToBytes())!;

        Assert.True(SampleLog.NoteKey.Verifies(note));
        Assert.True(SampleLog.WitnessKey.Verifies(note));
        Assert.Equal(SampleLog.Checkpoint(513), Checkpoint.TryParse(note.Text));
        Assert.Equal(SampleLog.Origin, note.Signatures[0].Name);
    }

    // Somebody who holds another key takes the log's name.
    [Fact]
    public void Verifies_NoteByAnotherKeyUnderTheName_IsFalse()
    {
        var text = SampleLog.Checkpoint(513).ToText();
        var forged = NoteKey.Sign(SampleLog.Origin, SampleLog.OtherKey, text) with { KeyHash = SampleLog.NoteKey.Hash };

        Assert.False(SampleLog.NoteKey.Verifies(new SignedNote(text, [forged])));
    }
}
