using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core.Quorum;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>How sure an answer must be, with every default filled in.</summary>
internal sealed record Assurance(string Mode, int Runs, int Replicas, int Quorum);

/// <summary>Which assurances may be asked for.</summary>
internal static class AssuranceRules
{
    private const int DefaultRuns = 3;
    private const int MaxRuns = 10;

    /// <summary>Fills in the defaults; a problem if members do not fit the mode or each other.</summary>
    public static Problem? Read(TaskAssurance? asked, out Assurance assurance)
    {
        var mode = asked?.Mode ?? AssuranceModes.SingleRun;
        assurance = new Assurance(mode, 1, 1, 1);
        if (mode == AssuranceModes.Quorum)
        {
            var replicas = asked!.Replicas ?? QuorumPolicy.Default.Replicas;
            assurance = assurance with { Replicas = replicas, Quorum = asked.Quorum ?? ((replicas / 2) + 1) };
        }
        else if (mode == AssuranceModes.RepeatedRuns)
        {
            assurance = assurance with { Runs = asked!.Runs ?? DefaultRuns };
        }

        return ProblemOf(asked, mode, assurance) is { } problem ? Problems.AssuranceInvalid.Because(problem) : null;
    }

    private static string? ProblemOf(TaskAssurance? asked, string mode, Assurance assurance) =>
        mode is not (AssuranceModes.SingleRun or AssuranceModes.RepeatedRuns or AssuranceModes.Quorum or AssuranceModes.Adaptive) ? "assurance.mode must be single, repeat, quorum or adaptive."
        : mode != AssuranceModes.RepeatedRuns && asked?.Runs is not null ? "assurance.runs is for mode repeat only."
        : mode != AssuranceModes.Quorum && (asked?.Replicas ?? asked?.Quorum) is not null ? "assurance.replicas and assurance.quorum are for mode quorum only."
        : mode == AssuranceModes.RepeatedRuns && assurance.Runs is < 2 or > MaxRuns ? $"assurance.runs must be between 2 and {MaxRuns}."
        : mode != AssuranceModes.Quorum ? null
        : QuorumPolicy.Check(assurance.Replicas, assurance.Quorum, QuorumPolicy.MostAttempts) switch
        {
            null => null,
            QuorumPolicyFaults.Replicas => $"assurance.replicas must be between 1 and {QuorumPolicy.MostReplicas}.",
            _ => "assurance.quorum must be more than half of the replicas and no more than all of them.",
        };
}
