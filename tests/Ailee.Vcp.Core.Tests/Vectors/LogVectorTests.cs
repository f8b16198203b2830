using System.Text;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class LogVectorTests
{
    private const string OrchestratorFile = "orchestrator-statements.json";
    private const string LogFile = "log.json";
    private const string InvalidFile = "invalid-log.json";

    [Fact]
    public void Generate_LogFiles_ReproducesThem()
    {
        AssertIs(OrchestratorFile, OrchestratorVector.All);
        AssertIs(LogFile, LogVector.All);
        AssertIs(InvalidFile, InvalidLogVector.All);

        Assert.True(InvalidLogVector.All.Count >= 40);
        Assert.Equal(InvalidLogVector.All.Count, InvalidLogVector.All.Select(vector => (vector.Decoder, vector.Name)).Distinct().Count());
    }

    [Fact]
    public void Sign_FieldsOfEveryOrchestratorVector_GivesItsBytes() => Assert.All(Read<OrchestratorVector[]>(OrchestratorFile), vector =>
    {
        var statement = vector.Sign();

        Assert.Equal(vector.StatementHex, Hex(statement.Bytes.Span));
        Assert.Equal((vector.Kind, vector.Subject), (statement.Header.Kind.Name, statement.Header.Subject));
        Assert.True(StatementVerifier.Verify(Bytes(vector.StatementHex), Evidence.None).Valid);
    });

    [Fact]
    public void Verify_EveryCheckpointReceiptAndConsistencyProof_Passes()
    {
        var log = Read<LogVector>(LogFile);
        Assert.True(NoteKey.TryParse(log.VerifierKey, out var key) && NoteKey.TryParse(log.WitnessVerifierKey, out _));
        Assert.All(log.Checkpoints, vector =>
        {
            var note = SignedNote.TryParse(Encoding.UTF8.GetBytes(vector.Note))!;
            Assert.True(key!.Verifies(note));
            Assert.Equal(vector.Root, Checkpoint.TryParse(note.Text)!.Root.ToHex());
        });
        Assert.All(log.Receipts, vector =>
        {
            var report = StatementVerifier.Verify(Bytes(vector.TransparentHex), new Evidence { LogKey = key });
            Assert.True(report.Valid);
            Assert.Equal(vector.ReceiptHex, Hex(report.File!.Receipts.Single().Span));
        });
        Assert.All(log.Consistency, vector => Assert.True(Verifies(vector)));
    }

    [Fact]
    public void Decode_EveryInvalidVector_IsRefusedAsItSays()
    {
        Assert.True(NoteKey.TryParse(Read<LogVector>(LogFile).VerifierKey, out var key));
        Assert.All(Read<InvalidLogVector[]>(InvalidFile), vector => Assert.Equal((vector.Name, false, vector.Check), Outcome(vector, key!)));
    }

    private static (string Name, bool Accepted, string? Check) Outcome(InvalidLogVector vector, NoteKey key)
    {
        var text = Encoding.UTF8.GetBytes(vector.Text ?? string.Empty);
        switch (vector.Decoder)
        {
            case "statement" or "statement-of-the-log":
                var evidence = vector.Decoder == "statement" ? Evidence.None : new Evidence { LogKey = key };
                var report = StatementVerifier.Verify(Bytes(vector.Hex!), evidence);
                return (vector.Name, report.Valid, report.FirstFailure?.Name);
            case "receipt":
                var receipt = Receipt.TryDecode(Bytes(vector.Hex!), out var fault);
                return (vector.Name, receipt is not null, StatementVerifier.CheckFor(fault?.Kind ?? CborFaultKind.WrongShape));
            case "note":
                return (vector.Name, SignedNote.TryParse(text) is not null, null);
            case "checkpoint":
                return (vector.Name, Checkpoint.TryParse(vector.Text!) is not null, null);
            case "log-signature":
                return (vector.Name, key.Verifies(SignedNote.TryParse(text)!), null);
            case "verifier-key":
                return (vector.Name, NoteKey.TryParse(vector.Text, out _), null);
            case "tile-path":
                return (vector.Name, TilePath.TryParse(vector.Text, out _), null);
            case "consistency":
                return (vector.Name, Verifies(vector.Consistency!), null);
            default:
                throw new InvalidOperationException($"No decoder '{vector.Decoder}'.");
        }
    }

    private static bool Verifies(ConsistencyVector vector) => new ConsistencyProof(vector.From, vector.To, [.. vector.Path.Select(Parse)])
        .Verify(Parse(vector.FromRoot), Parse(vector.ToRoot));

    private static Digest Parse(string hex) => new(Bytes(hex));
}
