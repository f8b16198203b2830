using Ailee.Vcp.Cli.Files;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Tests.Files;

public sealed class OutputDirectoryTests
{
    [Theory]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/\0")]
    public void Write_PathThatLeadsOut_IsRefused(string path)
    {
        using var directory = new TempDirectory();
        var output = new OutputDirectory(directory.Path("out"));

        Assert.Throws<CliException>(() => output.Write(new OutputFile(path, Blob.Of("x"u8)), "x"u8, Core.ContentHash.Sha256));
        Assert.Throws<CliException>(() => output.Read(path));

        Assert.False(Directory.Exists(directory.Path("out")));
        Assert.False(File.Exists(directory.Path("a")));
    }

    [Fact]
    public void Write_OtherBytesThanTheRecords_IsRefused()
    {
        using var directory = new TempDirectory();

        Assert.Throws<CliException>(() => new OutputDirectory(directory.Path("out")).Write(new OutputFile("a", Blob.Of("x"u8)), "y"u8, Core.ContentHash.Sha256));

        Assert.False(File.Exists(directory.Path("out/a")));
    }
}
