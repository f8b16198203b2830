using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>A sound statement in a log, and the other statements and the checkpoint of that log.</summary>
public sealed class RelatedEvidenceTests
{
    private const int Size = SampleLog.Size;
    private const int FirstRun = 3;

    private static readonly int Certificate = FirstRun + SampleRuns.All.Count;
    private static readonly byte[] Proof = SampleLog.File(FirstRun, Size);

    private static readonly Evidence Full = new()
    {
        LogKey = SampleLog.NoteKey,
        OrchestratorKey = SampleLog.Orchestrator.PublicKey,
        Checkpoint = SampleLog.Note(Size).ToBytes(),
        Genesis = SampleLog.File(0, Size),
        Enrolment = SampleLog.File(1, Size),
        Certificate = SampleLog.File(Certificate, Size),
    };

    [Fact]
    public void Verify_EverythingGiven_MakesEachCheck()
    {
        var report = StatementVerifier.Verify(Proof, Full);

        Assert.Null(report.FirstFailure);
        Assert.Equal(
            [.. Verdict.SelfChecks, "receipt", "receipt-key", "receipt-path", "receipt-signature", "checkpoint", "genesis", "enrolment", "certificate"],
            report.Checks.Select(check => check.Name));
        Assert.Equal((long)FirstRun, Assert.Single(report.Receipts).Proof.Index);
    }

    [Fact]
    public void Verify_GenesisAlone_TiesTheOthersToIt()
    {
        Verdict.Valid(Proof, Full with { OrchestratorKey = null });

        var untied = StatementVerifier.Verify(Proof, Full with { OrchestratorKey = null, Genesis = null });

        Assert.True(untied.Valid);
        Assert.Contains("nothing here ties", Detail(untied, StatementChecks.Enrolment), StringComparison.Ordinal);
        Assert.Contains(SampleLog.Orchestrator.PublicKey.Id.ToString(), Detail(untied, StatementChecks.Certificate), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WithoutLogKey_SaysThatTheLogWasNotChecked()
    {
        var report = StatementVerifier.Verify(Proof, Full with { LogKey = null, Checkpoint = null });

        Assert.True(report.Valid);
        Assert.All(
            new[] { StatementChecks.Genesis, StatementChecks.Enrolment, StatementChecks.Certificate },
            check => Assert.Contains("the log's signature was not checked", Detail(report, check), StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_CheckpointThatIsNot_Fails()
    {
        var note = SampleLog.Note(Size);
        var other = new Checkpoint(SampleLog.Origin, Size, Digest.Of("another tree"u8)).ToText();
        byte[][] wrong =
        [
            [],
            "nonsense"u8.ToArray(),
            new byte[1024 * 1024],
            [.. note.ToBytes().SkipLast(1)],
            SampleLog.Note(Size - 1).ToBytes(),
            Signed(other, SampleLog.Origin, SampleLog.Key),
            Signed(note.Text, SampleLog.Origin, SampleLog.OtherKey),
            Signed(note.Text.Replace("urn", "xrn", StringComparison.Ordinal), SampleLog.Origin, SampleLog.Key),
        ];

        Assert.All(wrong, bytes => FailsOnly(StatementChecks.Checkpoint, Full with { Checkpoint = bytes }));
        FailsOnly(StatementChecks.Checkpoint, Full with { LogKey = null });
        Assert.Contains("consistency proof", Detail(StatementVerifier.Verify(Proof, Full with { Checkpoint = SampleLog.Note(500).ToBytes() }), StatementChecks.Checkpoint), StringComparison.Ordinal);
        Assert.Contains("forked", Detail(StatementVerifier.Verify(Proof, Full with { Checkpoint = Signed(other, SampleLog.Origin, SampleLog.Key) }), StatementChecks.Checkpoint), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OtherStatements_FailByName()
    {
        FailsOnly(StatementChecks.Enrolment, Full with { Enrolment = SampleLog.File(2, Size) });
        FailsOnly(StatementChecks.Enrolment, Full with { Enrolment = SampleLog.File(0, Size) });
        FailsOnly(StatementChecks.Enrolment, Full with { Enrolment = Proof });
        FailsOnly(StatementChecks.Enrolment, Full with { Enrolment = SampleLog.Statements[1] });
        FailsOnly(StatementChecks.Certificate, Full with { Certificate = SampleLog.File(1, Size) });
        FailsOnly(StatementChecks.Certificate, Full with { Certificate = SampleLog.File(Certificate + 1, Size) });
        FailsOnly(StatementChecks.Certificate, Full with { Certificate = SampleLog.Statements[Certificate] });
        FailsOnly(StatementChecks.Genesis, Full with { Genesis = SampleLog.File(1, Size) });
        FailsOnly(StatementChecks.Genesis, Full with { Genesis = SampleLog.Statements[0] });
        FailsOnly(StatementChecks.Genesis, Full with { Genesis = SampleLog.Statements[0], LogKey = null, Checkpoint = null });
        // Of another task, and of the same one without this vote.
        Verdict.Fails(StatementChecks.Certificate, SampleLog.File(FirstRun + 1, Size), Full with { Enrolment = null });
    }

    [Fact]
    public void Verify_CertificateThatCountsAnotherOwner_Fails()
    {
        var payload = (OrchestratorPayload.Certificate)SampleLog.Payloads[3];
        var own = Digest.Of(SampleLog.Statements[FirstRun]);
        var certificate = payload with { Votes = [.. payload.Votes.Select(vote => vote.Statement == own ? vote with { Owner = "somebody" } : vote)] };
        var evidence = new Evidence { Certificate = OrchestratorStatement.Sign(SampleLog.Orchestrator, certificate, 1, 99).Bytes };

        Verdict.Valid(SampleLog.Statements[FirstRun], evidence);
        Verdict.Fails(StatementChecks.Certificate, SampleLog.Statements[FirstRun], evidence with { Enrolment = SampleLog.Statements[1] });
    }

    [Fact]
    public void Verify_CertificateWithoutThisVote_Fails()
    {
        var payload = (OrchestratorPayload.Certificate)SampleLog.Payloads[3];
        var run = SampleRuns.Command;
        var (self, other) = (payload.Votes.Single(vote => vote.Node == run.PublicKey.Id), payload.Votes.First(vote => vote.Node != run.PublicKey.Id));
        OrchestratorPayload.Certificate[] wrong =
        [
            payload with { Quorum = 1, Replicas = 1, Votes = [other] },
            payload with { Quorum = 1, Replicas = 1, Votes = [self with { Statement = Digest.Of("another"u8) }] },
            payload with { PayloadDigest = Digest.Of("another"u8) },
            payload with { Task = SampleRuns.Function.Task == run.Task ? TaskId.Create(DateTimeOffset.UnixEpoch) : SampleRuns.Function.Task },
        ];

        Assert.All(wrong, certificate => Verdict.Fails(
            StatementChecks.Certificate,
            SampleLog.Statements[FirstRun],
            new Evidence { Certificate = OrchestratorStatement.Sign(SampleLog.Orchestrator, certificate, 1, 99).Bytes }));
    }

    [Fact]
    public void Verify_NestedFault_NamesItsCheck()
    {
        var flipped = SampleLog.Statements[1].ToArray();
        flipped[^1] ^= 1;

        var report = FailsOnly(StatementChecks.Enrolment, new Evidence { Enrolment = flipped });

        Assert.Contains("fails signature", report.FirstFailure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OtherOrchestrator_FailsEachOfItsStatements()
    {
        var report = StatementVerifier.Verify(Proof, Full with { OrchestratorKey = SampleLog.OtherKey.PublicKey });

        Assert.Equal(["genesis", "enrolment", "certificate"], report.Checks.Where(check => !check.Ok).Select(check => check.Name));
    }

    [Fact]
    public void Verify_EnrolmentByAnotherKeyThanTheGenesis_Fails()
    {
        // The log has it, but another key than the orchestrator's signed it.
        var stranger = OrchestratorStatement.Sign(SampleLog.OtherKey, SampleLog.Payloads[1], 1, 1).Bytes;
        var (proof, genesis, enrolment) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun], stranger);
        var evidence = new Evidence { LogKey = SampleLog.NoteKey, Genesis = genesis, Enrolment = enrolment };

        Verdict.Fails(StatementChecks.Enrolment, proof, evidence);
        Verdict.Valid(proof, evidence with { Genesis = null });
    }

    [Fact]
    public void Verify_GenesisThatIsNotFirst_Fails()
    {
        var (proof, _, genesis) = OfOneLog(SampleLog.Statements[1], SampleLog.Statements[FirstRun], SampleLog.Statements[0]);

        Verdict.Fails(StatementChecks.Genesis, proof, new Evidence { LogKey = SampleLog.NoteKey, Genesis = genesis });
    }

    [Fact]
    public void Verify_ReceiptsOfTwoTreesOfOneSize_ShowTheFork()
    {
        var (proof, genesis, _) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun], SampleLog.Statements[1]);
        var (_, _, elsewhere) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun + 1], SampleLog.Statements[1]);

        var report = Verdict.Fails(StatementChecks.Enrolment, proof, new Evidence { LogKey = SampleLog.NoteKey, Genesis = genesis, Enrolment = elsewhere });

        Assert.Contains("forked", report.FirstFailure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_EvidenceOfTwoTreesOfOneSize_ShowsTheForkAlthoughTheStatementIsOfAnother()
    {
        var (_, genesis, _) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun], SampleLog.Statements[1]);
        var (_, _, elsewhere) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun + 1], SampleLog.Statements[1]);

        var report = FailsOnly(StatementChecks.Enrolment, new Evidence { LogKey = SampleLog.NoteKey, Genesis = genesis, Enrolment = elsewhere });

        Assert.Contains("forked", report.FirstFailure!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OwnReceiptsOfTwoTreesOfOneSize_ShowTheFork()
    {
        var (proof, _, _) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun], SampleLog.Statements[1]);
        var (other, _, _) = OfOneLog(SampleLog.Statements[0], SampleLog.Statements[FirstRun], SampleLog.Statements[2]);
        ReadOnlyMemory<byte>[] receipts = [.. new[] { proof, other }.SelectMany(file => TransparentStatement.TryDecode(file, out _)!.Receipts)];
        var both = new TransparentStatement(SampleLog.Statements[FirstRun], receipts).Encode();

        Verdict.Fails(StatementChecks.ReceiptPath, both, new Evidence { LogKey = SampleLog.NoteKey });
        Verdict.Fails(StatementChecks.ReceiptPath, both, Evidence.None);
    }

    [Fact]
    public void Verify_OrchestratorsStatement_ChecksKeyReceiptsCheckpointAndGenesis()
    {
        var file = SampleLog.File(Certificate, Size);
        var evidence = Full with { Enrolment = null, Certificate = null };

        var report = StatementVerifier.Verify(file, evidence);

        Assert.True(report.Valid);
        Assert.Equal(["key", "receipt", "receipt-key", "receipt-path", "receipt-signature", "checkpoint", "genesis"], report.Checks.Skip(6).Select(check => check.Name));
        Verdict.Fails(StatementChecks.ExpectedKey, file, evidence with { OrchestratorKey = SampleLog.OtherKey.PublicKey });
        Verdict.Fails(StatementChecks.ExpectedKey, file, evidence with { Key = SampleLog.OtherKey.PublicKey });
        var stranger = OrchestratorStatement.Sign(SampleLog.OtherKey, SampleLog.Payloads[3], 1, 1).Bytes;
        Verdict.Fails(StatementChecks.Genesis, stranger, new Evidence { Genesis = SampleLog.File(0, Size) });
    }

    [Theory]
    [InlineData(StatementChecks.Module)]
    [InlineData(StatementChecks.Input)]
    [InlineData(StatementChecks.Output)]
    [InlineData(StatementChecks.Trace)]
    [InlineData(StatementChecks.Enrolment)]
    [InlineData(StatementChecks.Certificate)]
    public void Verify_OrchestratorsStatementWithEvidenceOfAnExecution_FailsIt(string check)
    {
        var run = SampleRuns.Command.Evidence;
        var evidence = check switch
        {
            StatementChecks.Module => new Evidence { Module = run.Module },
            StatementChecks.Input => new Evidence { Stdin = run.Stdin },
            StatementChecks.Output => new Evidence { Files = run.Files },
            StatementChecks.Trace => new Evidence { TraceLeaves = run.TraceLeaves },
            StatementChecks.Enrolment => new Evidence { Enrolment = Full.Enrolment },
            _ => new Evidence { Certificate = Full.Certificate },
        };

        var report = Verdict.Fails(check, SampleLog.Statements[0], evidence);

        Assert.Single(report.Checks, each => !each.Ok);
    }

    [Fact]
    public void Verify_AnyBytesAsEvidence_NeverThrows()
    {
        byte[] file = SampleLog.File(1, Size), note = SampleLog.Note(Size).ToBytes();
        for (var length = 0; length < Math.Max(file.Length, note.Length); length += 7)
        {
            var (cut, text) = (file[..Math.Min(length, file.Length)], note[..Math.Min(length, note.Length)]);

            Assert.False(StatementVerifier.Verify(Proof, Full with { Genesis = cut, Enrolment = cut, Certificate = cut, Checkpoint = text }).Valid);
        }
    }

    [Fact]
    public void VerifyAll_ManyFiles_ReportsInTheirOrder()
    {
        ReadOnlyMemory<byte>[] files = [.. Enumerable.Range(0, 200).Select(index => (ReadOnlyMemory<byte>)(index % 3 == 0 ? Array.Empty<byte>() : SampleLog.File(index % SampleLog.Statements.Count, Size)))];

        var reports = StatementVerifier.VerifyAll(files, SampleLog.Evidence);

        Assert.Equal(files.Select(file => StatementVerifier.Verify(file, SampleLog.Evidence).Checks), reports.Select(report => report.Checks));
        Assert.Empty(StatementVerifier.VerifyAll([], Evidence.None));
    }

    private static string Detail(VerificationReport report, string check) => report.Checks.Single(each => each.Name == check).Detail;

    private static VerificationReport FailsOnly(string check, Evidence evidence)
    {
        var report = Verdict.Fails(check, Proof, evidence);
        Assert.Single(report.Checks, each => !each.Ok);
        return report;
    }

    private static byte[] Signed(string text, string name, SigningKey key) => new SignedNote(text, [NoteKey.Sign(name, key, text)]).ToBytes();

    // A log of three entries, by the same key: the file of the second, first and third.
    private static (byte[] Second, byte[] First, byte[] Third) OfOneLog(params ReadOnlyMemory<byte>[] statements)
    {
        var leaves = statements.Select(statement => LogEntry.LeafHash(Digest.Of(statement.Span))).ToArray();
        byte[] File(int index)
        {
            var report = StatementVerifier.Verify(statements[index], Evidence.None);
            var subject = (report.Statement?.Header ?? report.Orchestrator!.Header).Subject;
            var receipt = Receipt.Sign(SampleLog.Key, SampleLog.Origin, subject, InclusionProof.Create(leaves, index), MerkleTree.Root(leaves));
            return new TransparentStatement(statements[index], [receipt.Bytes]).Encode();
        }

        return (File(1), File(0), File(2));
    }
}
