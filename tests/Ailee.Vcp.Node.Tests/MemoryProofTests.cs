namespace Ailee.Vcp.Node.Tests;

public sealed class MemoryProofTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(16 * 1024 * 1024)]
    public void Commit_WhatThereIs_Null(long bytes) => Assert.Null(MemoryProof.Commit(bytes));

    [Theory]
    [InlineData(1L << 60)]
    [InlineData(long.MaxValue)]
    public void Commit_MoreThanThereIs_SaysSo(long bytes)
    {
        var problem = MemoryProof.Commit(bytes);

        Assert.Contains($"{bytes} bytes of memory", problem, StringComparison.Ordinal);
    }
}
