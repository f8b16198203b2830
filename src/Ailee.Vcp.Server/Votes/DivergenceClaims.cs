using System.Text;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Votes;

/// <summary>What a node says of repeated runs, as the orchestrator's report holds it.</summary>
internal static class DivergenceClaims
{
    /// <summary>The claims; null if the node is not enrolled, or they are none that a report could hold.</summary>
    public static List<OrchestratorPayload.Claim>? Read(TaskDivergence divergence, Attempt attempt, OwnerId? owner)
    {
        if (owner is null || divergence.Runs.Count < 2 || divergence.Runs.Count > Math.Min(attempt.Runs, OrchestratorPayload.MaxVotes) || Encoding.UTF8.GetByteCount(divergence.Field) > OrchestratorPayload.MaxTextBytes
            || divergence.Leaf < 0 || divergence.Record < 0)
        {
            return null;
        }

        var claims = new List<OrchestratorPayload.Claim>(divergence.Runs.Count);
        foreach (var run in divergence.Runs)
        {
            if (OutcomeNames.Find(run.Outcome) is not { } outcome || !attempt.Hash.TryParse(run.Output, out var output) || !attempt.Hash.TryParse(run.TraceRoot, out var trace)
                || run.Instructions < 0 || run.ExitCode is < 0 or > uint.MaxValue)
            {
                return null;
            }

            claims.Add(new OrchestratorPayload.Claim(attempt.Node, owner.Value.ToString(), null, outcome, run.ExitCode ?? StatementPayload.NoExit, output, run.Instructions, trace));
        }

        return claims;
    }

    /// <summary>The claims of a vote that came to no decision, as many as a report holds.</summary>
    public static List<OrchestratorPayload.Claim> Of(IEnumerable<QuorumGroup> groups, IReadOnlyDictionary<Digest, SignedStatement> statements) =>
    [
        .. groups.SelectMany(group => group.Votes).Take(OrchestratorPayload.MaxVotes).Select(vote =>
        {
            var payload = statements[vote.Statement].Payload;
            return new OrchestratorPayload.Claim(
                vote.Node, vote.Owner.ToString(), vote.Statement, payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.TraceRoot);
        }),
    ];
}
