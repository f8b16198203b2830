using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>What a run with files can honestly claim, and what none can.</summary>
public sealed class HonestFilesTests
{
    private static readonly SampleRun Limited = SampleRuns.FilesLimit;
    private static readonly Bundle Moved = new([new BundleEntry("a", BundleEntryKind.File, new byte[1000])]);

    [Fact]
    public void Verify_FilesOfABundleMovedBeyondTheLimit_IsHonest()
    {
        var run = Limited with { Bundle = Moved, Files = new Dictionary<string, byte[]>() };

        Verdict.Valid(run.Sign().Encode(), run.Evidence);
    }

    [Fact]
    public void Verify_FilesLimitWithoutABundleAndFarBelowIt_FailsTheLimits()
    {
        var run = Limited with { Files = new Dictionary<string, byte[]> { ["a"] = [1] } };

        Verdict.Fails(StatementChecks.Limits, run.Sign().Encode(), run.Evidence);
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("d/e", "d/e/f/g")]
    public void Verify_AFileBelowAFile_FailsTheLimits(string file, string below)
    {
        var run = Limited with { Files = new Dictionary<string, byte[]> { [file] = [1], [below] = [1] } };

        Verdict.Fails(StatementChecks.Limits, run.Sign().Encode(), run.Evidence);
    }

    [Fact]
    public void Verify_TraceOfAnotherRunSignedWithIt_FailsTheTrace()
    {
        var other = Limited with { Entrypoint = "other", Instructions = 5 };
        var liar = Limited with { TraceLeaves = other.TraceLeaves };

        Verdict.Fails(StatementChecks.Trace, liar.Sign().Encode(), liar.Evidence);
    }
}
