using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Tests.Keys;

public sealed class NodeKeyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void LoadOrCreate_Twice_SameKeyFromA32ByteFile()
    {
        var path = _directory.File("node.key");

        using var first = NodeKey.LoadOrCreate(path);
        using var second = NodeKey.LoadOrCreate(path);

        Assert.Equal(first.PublicKey, second.PublicKey);
        Assert.Equal(first.ExportSeed(), File.ReadAllBytes(path));
        Assert.Equal(32, new FileInfo(path).Length);
    }

    [Fact]
    public void LoadOrCreate_ElsewhereAgain_OtherKey()
    {
        using var first = NodeKey.LoadOrCreate(_directory.File("a.key"));
        using var second = NodeKey.LoadOrCreate(_directory.File("b.key"));

        Assert.NotEqual(first.PublicKey, second.PublicKey);
    }

    [Fact]
    public void LoadOrCreate_NotAKey_InvalidDataAndNotOverwritten()
    {
        var path = _directory.File("node.key");
        File.WriteAllText(path, "-----BEGIN PRIVATE KEY-----");

        Assert.Throws<InvalidDataException>(() => NodeKey.LoadOrCreate(path));

        Assert.Equal("-----BEGIN PRIVATE KEY-----", File.ReadAllText(path));
    }

    public void Dispose() => _directory.Dispose();
}
