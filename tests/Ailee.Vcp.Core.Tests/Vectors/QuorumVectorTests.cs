using static Ailee.Vcp.Core.Tests.Vectors.VectorFile;

namespace Ailee.Vcp.Core.Tests.Vectors;

public sealed class QuorumVectorTests
{
    private const string QuorumFile = "quorum.json";

    [Fact]
    public void Generate_QuorumVectors_ReproducesTheFile() => AssertIs(QuorumFile, QuorumVectors.All);

    [Fact]
    public void Read_QuorumVectors_HoldEveryCodeAndKind()
    {
        var file = Read<QuorumVectors>(QuorumFile);

        var steps = file.Tasks.SelectMany(task => task.Steps).ToList();

        Assert.Equal(
            [
                "accepted", "again", "counted", "equivocation", "late", "late-agrees", "late-diverges", "lease-mismatch", "lease-unknown",
                "node-not-enrolled", "not-needed", "owner-has-voted", "profile-mismatch", "task-mismatch", "vote-void",
            ],
            steps.Select(step => step.Verdict).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["failed", "needs-replica", "undecided", "won"],
            steps.Select(step => step.Decision?.Kind).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["attempts-out-of-range", "quorum-not-majority", "quorum-out-of-range", "replicas-out-of-range"],
            file.Policies.Select(policy => policy.Fault).OfType<string>().Distinct().Order(StringComparer.Ordinal));
    }
}
