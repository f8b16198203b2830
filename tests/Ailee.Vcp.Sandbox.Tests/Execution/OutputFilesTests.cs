using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

public sealed class OutputFilesTests
{
    private static readonly DeterministicLimits Limits = SandboxFixture.DefaultLimits with { ScratchBytes = 100, ScratchEntries = 1000 };

    [Theory]
    [InlineData(3, 60, 40, 0)]
    [InlineData(1, 60, 41, 0)]
    [InlineData(0, 101)]
    [InlineData(2, 50, 50, 1)]
    public void Fitting_Bytes_FirstThatDoNotFitEndIt(int kept, params int[] sizes) =>
        Assert.Equal(kept, OutputFiles.Fitting([.. sizes.Select((size, index) => ($"f{index}", (long)size))], Limits));

    [Fact]
    public void Fitting_Entries_NoMoreThanTheLimit() =>
        Assert.Equal(1000, OutputFiles.Fitting([.. Enumerable.Range(0, 1001).Select(index => ($"f{index}", 0L))], Limits));

    [Theory]
    [InlineData(256, "", 256)]
    [InlineData(257, "", 256)]
    [InlineData(255, "z", 256)]
    [InlineData(256, "z", 256)]
    public void Fitting_Paths_HaveAMebibyteTogether(int longest, string last, int kept)
    {
        // Two bytes each: bytes count, not characters.
        var paths = Enumerable.Repeat(new string('\u00e9', 2048), longest).Concat(last.Length == 0 ? [] : [last]);

        Assert.Equal(kept, OutputFiles.Fitting([.. paths.Select(path => (path, 0L))], Limits));
    }
}
