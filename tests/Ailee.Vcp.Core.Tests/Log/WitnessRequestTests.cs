using System.Text;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Tests.Log;

public sealed class WitnessRequestTests
{
    // The example of C2SP tlog-witness; nothing of its signatures is checked when it is read.
    private const string Example =
        "old 20852014\n"
        + "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        + "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        + "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        + "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        + "\n"
        + "example.com/behind-the-sofa\n"
        + "20852163\n"
        + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        + "\n"
        + "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        + "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

    [Fact]
    public void TryParse_TheSpecificationsExample_ReadsAndWritesIt()
    {
        var request = WitnessRequest.TryParse(Encoding.UTF8.GetBytes(Example))!;

        Assert.Equal((20852014, 4, 2), (request.OldSize, request.Proof.Count, request.Note.Signatures.Count));
        Assert.Equal(("example.com/behind-the-sofa", 20852163), (request.Checkpoint!.Origin, request.Checkpoint.Size));
        Assert.Equal(Example, Encoding.UTF8.GetString(request.ToBytes()));
    }

    [Theory]
    [InlineData("old 20852014\n", "")]
    [InlineData("old 20852014\n", "old 020852014\n")]
    [InlineData("old 20852014\n", "old -1\n")]
    [InlineData("old 20852014\n", "old +1\n")]
    [InlineData("old 20852014\n", "old  1\n")]
    [InlineData("old 20852014\n", "Old 1\n")]
    [InlineData("old 20852014\n", "old\n")]
    [InlineData("old 20852014\n", "old 9223372036854775808\n")]
    [InlineData("old 20852014\n", "old 20852014\r\n")]
    [InlineData("old 20852014\n", "old 20852014é\n")]
    [InlineData("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkax=")]
    [InlineData("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpka==")]
    [InlineData("PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=", " PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=")]
    [InlineData("/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n", "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n")]
    public void TryParse_Malformed_Null(string part, string instead) =>
        Assert.Null(WitnessRequest.TryParse(Encoding.UTF8.GetBytes(Example.Replace(part, instead, StringComparison.Ordinal))));

    [Fact]
    public void TryParse_CutAtEveryLength_NullOrAnotherNote()
    {
        var whole = Encoding.UTF8.GetBytes(Example);
        for (var length = 0; length < whole.Length; length++)
        {
            var request = WitnessRequest.TryParse(whole.AsSpan(0, length));
            Assert.True(request is null || request.Note.Signatures.Count == 1);
        }
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void TryParse_ProofOfManyLines_UpTo63(int lines, bool read)
    {
        var note = WitnessRequest.TryParse(Encoding.UTF8.GetBytes(Example))!.Note;
        var request = new WitnessRequest(1, [.. Enumerable.Range(0, lines).Select(number => Digest.Of([(byte)number]))], note);

        Assert.Equal(read, WitnessRequest.TryParse(request.ToBytes()) is not null);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("more\n", true)]
    [InlineData("more\nand more\n", true)]
    [InlineData("\n", false)]
    [InlineData("more\n\nand more\n", false)]
    public void Checkpoint_WithExtensionLines_PassedOver(string extension, bool read)
    {
        using var key = SigningKey.Create();
        var checkpoint = new Checkpoint("example.com/log", 7, Digest.Of("root"u8));
        var text = checkpoint.ToText() + extension;

        var request = new WitnessRequest(0, [], new SignedNote(text, [NoteKey.Sign("example.com/log", key, text)]));

        Assert.Equal(read ? checkpoint : null, request.Checkpoint);
    }
}
