using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.ProductionDemo.Proofs;

/// <summary>What verifying a dossier came to. No server takes part.</summary>
/// <param name="Statements">How many statements of nodes hold.</param>
/// <param name="Votes">How many of them are votes that a certificate counts.</param>
/// <param name="Certificates">How many certificates hold.</param>
/// <param name="Agreed">Who said what was certified, with the gas of it.</param>
/// <param name="Lies">Statements that are perfect by themselves, and are for another output than the certified one.</param>
/// <param name="Problems">What did not hold, in words.</param>
internal sealed record OfflineCheck(int Statements, int Votes, int Certificates, IReadOnlyList<Agreement> Agreed, IReadOnlyList<Divergence> Lies, IReadOnlyList<string> Problems)
{
    public static OfflineCheck Run(Dossier dossier)
    {
        var (statements, votes, certificates) = (0, 0, 0);
        var (agreed, lies, problems) = (new List<Agreement>(), new List<Divergence>(), new List<string>());
        foreach (var task in dossier.Tasks)
        {
            var certified = StatementVerifier.Verify(task.Certificate, OfLog(dossier));
            if (!certified.Valid || certified.Orchestrator?.Payload is not OrchestratorPayload.Certificate certificate)
            {
                problems.Add($"the certificate of task {task.Watch.Number} fails {certified.FirstFailure?.Name}");
                continue;
            }

            certificates++;
            foreach (var bytes in task.Statements)
            {
                var signed = Read(bytes);
                var isVote = certificate.Votes.Any(vote => vote.Statement == signed.Id);
                var agrees = signed.PayloadDigest == certificate.PayloadDigest;
                var report = StatementVerifier.Verify(bytes, Evidence(dossier, task, signed, agrees, isVote));
                statements += report.Valid ? 1 : 0;
                votes += report.Valid && isVote ? 1 : 0;
                if (report.FirstFailure is { } failure)
                {
                    problems.Add($"the statement of {signed.Header.KeyId} on task {task.Watch.Number} fails {failure.Name}");
                }

                if (agrees)
                {
                    agreed.Add(new Agreement(signed.Payload.Task, signed.Header.KeyId, signed.Payload.Gas));
                }
                else
                {
                    lies.Add(Divergence.Of(task, signed));
                    problems.AddRange(ProblemsOfLie(dossier, task, bytes, signed));
                }
            }
        }

        return new OfflineCheck(statements, votes, certificates, agreed, lies, problems);
    }

    /// <summary>Flips a bit in every byte of a vote in turn, each time checking all again.</summary>
    /// <returns>How many bytes there are, and at which of them nobody noticed.</returns>
    public static (int Bytes, IReadOnlyList<int> Unnoticed) FlipEveryByte(Dossier dossier)
    {
        var task = dossier.Tasks.MinBy(task => task.Stdout.Length)!;
        var certificate = (OrchestratorPayload.Certificate)StatementVerifier.Verify(task.Certificate, OfLog(dossier)).Orchestrator!.Payload;
        var vote = task.Statements.First(bytes => certificate.Votes.Any(vote => vote.Statement == Read(bytes).Id));
        var evidence = Evidence(dossier, task, Read(vote), agrees: true, isVote: true);
        var forged = Enumerable.Range(0, vote.Length).Select(at =>
        {
            var copy = vote.ToArray();
            copy[at] ^= (byte)(1 << (at % 8));
            return (ReadOnlyMemory<byte>)copy;
        }).ToList();
        var reports = StatementVerifier.VerifyAll(forged, evidence);
        return (vote.Length, [.. Enumerable.Range(0, vote.Length).Where(at => reports[at].Valid)]);
    }

    // It must be well signed, and still be refused beside the certificate and beside the output that was decided.
    private static IEnumerable<string> ProblemsOfLie(Dossier dossier, TaskDossier task, byte[] bytes, SignedStatement signed)
    {
        if (StatementVerifier.Verify(bytes, Evidence(dossier, task, signed, agrees: false, isVote: true)).Valid)
        {
            yield return $"the certificate of task {task.Watch.Number} lets a lie pass";
        }

        if (StatementVerifier.Verify(bytes, Evidence(dossier, task, signed, agrees: true, isVote: false)).Valid)
        {
            yield return $"the output of task {task.Watch.Number} lets a lie pass";
        }
    }

    private static Evidence OfLog(Dossier dossier) => new() { LogKey = dossier.LogKey, Checkpoint = dossier.Checkpoint, Genesis = dossier.Genesis };

    private static Evidence Evidence(Dossier dossier, TaskDossier task, SignedStatement signed, bool agrees, bool isVote) => OfLog(dossier) with
    {
        Enrolment = dossier.Enrolments[signed.Header.KeyId],
        Module = task.Module,
        Invocation = task.Invocation,
        Output = Given(agrees, task.Output),
        Stdout = Given(agrees, task.Stdout),
        Certificate = Given(isVote, task.Certificate),
    };

    // A conditional expression would make empty memory of null.
    private static ReadOnlyMemory<byte>? Given(bool isGiven, byte[] bytes)
    {
        if (isGiven)
        {
            return bytes;
        }

        return null;
    }

    private static SignedStatement Read(byte[] file) => SignedStatement.TryDecode(TransparentStatement.TryDecode(file, out _)!.Statement, out _)!;
}

/// <summary>A node said what was certified.</summary>
internal readonly record struct Agreement(TaskId Task, NodeId Node, long Gas);
