using System.Text;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Tests.Log;

/// <summary>Notes and keys, against the published examples of C2SP signed-note and of golang.org/x/mod/sumdb/note.</summary>
public sealed class NoteTests
{
    // C2SP signed-note, "Example".
    private const string SpecificationKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string SpecificationNote =
        "This is an example message.\n\n"
        + "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    // The examples of golang.org/x/mod/sumdb/note: key, seed (of its private key), text and signature line, and a second signer.
    private const string GoKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string GoSeed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private const string GoText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string GoLine = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    private const string GoOtherKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private const string GoOtherLine = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=";

    // C2SP tlog-checkpoint's and tlog-cosignature's example text.
    private const string CheckpointText = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    [Theory]
    [InlineData(SpecificationKey, SpecificationNote)]
    [InlineData(GoKey, GoText + "\n" + GoLine + "\n")]
    [InlineData(GoKey, GoText + "\n" + GoLine + "\n" + GoOtherLine + "\n")]
    [InlineData(GoOtherKey, GoText + "\n" + GoLine + "\n" + GoOtherLine + "\n")]
    public void Verifies_PublishedNote_AndComesBackAsItWas(string keyText, string text)
    {
        Assert.True(NoteKey.TryParse(keyText, out var key));
        var note = Parse(text)!;

        Assert.True(key.Verifies(note));
        Assert.Equal(keyText, key.ToString());
        Assert.Equal(text, note.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(text), note.ToBytes());
    }

    [Fact]
    public void Sign_PublishedSeedAndText_GivesThePublishedLine()
    {
        using var key = SigningKey.FromSeed(Convert.FromBase64String(GoSeed).AsSpan(1));

        var note = new SignedNote(GoText, [NoteKey.Sign("PeterNeumann", key, GoText)]);

        Assert.Equal(GoText + "\n" + GoLine + "\n", note.ToString());
        Assert.Equal(GoKey, new NoteKey("PeterNeumann", key.PublicKey, NoteKeyType.Log).ToString());
    }

    [Fact]
    public void Verifies_AnyCharacterOfTheNoteChanged_IsFalse()
    {
        Assert.True(NoteKey.TryParse(GoKey, out var key));
        var bytes = Encoding.UTF8.GetBytes(GoText + "\n" + GoLine + "\n");
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            Assert.False(SignedNote.TryParse(flipped) is { } note && key.Verifies(note), $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(GoLine + "\n" + GoLine, true)]
    [InlineData("— PeterNeumann x08gowAA\n" + GoLine, false)]
    [InlineData(GoLine + "\n— PeterNeumann x08gowAA", false)]
    [InlineData("— PeterNeumann x08gpAAA\n" + GoLine, true)] // another hash: another key
    [InlineData("— Someone x08gowAA\n" + GoLine, true)] // another name: another key
    [InlineData(GoOtherLine, false)]
    public void Verifies_OtherLinesBeside_BelievesNoFalseOneOfItsOwn(string lines, bool expected)
    {
        Assert.True(NoteKey.TryParse(GoKey, out var key));

        Assert.Equal(expected, key.Verifies(Parse(GoText + "\n" + lines + "\n")!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("\n\n\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\n")]
    [InlineData("text\n" + GoLine + "\n")]
    [InlineData("text\n\n" + GoLine)]
    [InlineData("text\n\n" + GoLine + "\nmore\n")]
    [InlineData("text\n\n" + GoLine + "\n\n")]
    [InlineData("te\u0001xt\n\n" + GoLine + "\n")]
    [InlineData("te\rxt\n\n" + GoLine + "\n")]
    [InlineData("text\n\n- PeterNeumann AAAAAAA=\n")]
    [InlineData("text\n\n—PeterNeumann AAAAAAA=\n")]
    [InlineData("text\n\n— AAAAAAA=\n")]
    [InlineData("text\n\n—  AAAAAAA=\n")]
    [InlineData("text\n\n— Peter Neumann AAAAAAA=\n")]
    [InlineData("text\n\n— Peter\u00a0Neumann AAAAAAA=\n")]
    [InlineData("text\n\n— Peter+Neumann AAAAAAA=\n")]
    [InlineData("text\n\n— PeterNeumann\n")]
    [InlineData("text\n\n— PeterNeumann \n")]
    [InlineData("text\n\n— PeterNeumann AAAAAA==\n")] // a key hash and nothing else
    [InlineData("text\n\n— PeterNeumann AAAAAAB=\n")] // spare bits
    [InlineData("text\n\n— PeterNeumann AAAAAAA\n")]
    [InlineData("text\n\n— PeterNeumann AAAA AAA=\n")]
    [InlineData("text\n\n— PeterNeumann AAAAAA_=\n")]
    public void TryParse_NoNote_IsNull(string text) => Assert.Null(Parse(text));

    [Fact]
    public void TryParse_NotUtf8OrTooMuch_IsNull()
    {
        var line = GoLine + "\n";
        var padding = new string('x', SignedNote.MaxSizeBytes - Encoding.UTF8.GetByteCount("\n\n" + line));

        Assert.Null(SignedNote.TryParse([0xff, .. Encoding.UTF8.GetBytes(SpecificationNote)]));
        Assert.NotNull(Parse(padding + "\n\n" + line));
        Assert.Null(Parse(padding + "x\n\n" + line));
        Assert.NotNull(Parse("text\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures))));
        Assert.Null(Parse("text\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures + 1))));
        Assert.Null(SignedNote.TryParse(new byte[64 << 20]));
    }

    [Fact]
    public void TryParse_TextWithBlankLines_IsDividedByTheLast() => Assert.Equal("a\n\nb\n", Parse("a\n\nb\n\n" + GoLine + "\n")!.Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("++")]
    [InlineData("PeterNeumann+c74f20a3")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=")]
    // Wrong length and unknown algorithm, with the hash made right: from golang.org/x/mod/sumdb/note's tests.
    [InlineData("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")]
    [InlineData("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    public void TryParse_NoKey_IsFalse(string? text) => Assert.False(NoteKey.TryParse(text, out _));

    [Fact]
    public void Cosign_CheckpointOfTheSpecification_SignsItsLinesUnderTheTime()
    {
        var signature = NoteKey.Cosign("witness.example", SampleLog.Witness, CheckpointText, DateTimeOffset.FromUnixTimeSeconds(1_679_315_147));

        // C2SP tlog-cosignature, "Ed25519 signed message".
        var signed = Encoding.UTF8.GetBytes("cosignature/v1\ntime 1679315147\n" + CheckpointText);
        Assert.Equal(8 + 64, signature.Bytes.Length);
        Assert.Equal(1_679_315_147, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(signature.Bytes.Span));
        Assert.True(SampleLog.Witness.PublicKey.Verify(signed, signature.Bytes.Span[8..]));
        Assert.True(WitnessOf("witness.example").Verifies(CheckpointText, signature));
    }

    [Fact]
    public void Verifies_CosignatureOfAnotherTimeNameKeyOrType_IsFalse()
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(1_679_315_147);
        var right = NoteKey.Cosign("w", SampleLog.Witness, CheckpointText, time);
        var later = right.Bytes.ToArray();
        later[7]++;
        // A time of 2^63 and more is none, even when it is signed (C2SP tlog-cosignature).
        var absurd = SampleLog.Witness.Sign(Encoding.UTF8.GetBytes($"cosignature/v1\ntime {1ul << 63}\n{CheckpointText}"));

        Assert.False(WitnessOf("w").Verifies(CheckpointText, right with { Bytes = later }));
        Assert.False(WitnessOf("w").Verifies(CheckpointText, right with { Bytes = (byte[])[0x80, 0, 0, 0, 0, 0, 0, 0, .. absurd] }));
        Assert.False(WitnessOf("w").Verifies(CheckpointText, right with { Bytes = right.Bytes[8..] }));
        Assert.False(WitnessOf("w").Verifies(CheckpointText + "extension\n", right));
        Assert.False(WitnessOf("v").Verifies(CheckpointText, right));
        Assert.False((WitnessOf("w") with { Type = NoteKeyType.Log }).Verifies(CheckpointText, right));
        Assert.False(WitnessOf("w").Verifies(CheckpointText, NoteKey.Sign("w", SampleLog.Witness, CheckpointText)));
    }

    private static SignedNote? Parse(string text) => SignedNote.TryParse(Encoding.UTF8.GetBytes(text));

    private static NoteKey WitnessOf(string name) => new(name, SampleLog.Witness.PublicKey, NoteKeyType.Witness);
}
