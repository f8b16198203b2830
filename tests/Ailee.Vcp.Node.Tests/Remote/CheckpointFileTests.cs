using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeServer _server = new(TimeProvider.System);
    private readonly string _path;

    public CheckpointFileTests() => _path = _directory.File("log.checkpoint");

    [Fact]
    public void Take_Growing_IsKeptOverARestart()
    {
        var (first, second) = (_server.CheckpointOf(3), _server.CheckpointOf(9));
        var file = new CheckpointFile(_path, _server.LogKey);

        Assert.Null(file.Note);
        Assert.Equal(CheckpointJudgement.Advanced, file.Take(first));
        Assert.Equal(CheckpointJudgement.Advanced, file.Take(second));
        Assert.Equal(CheckpointJudgement.Unchanged, file.Take(second));

        Assert.Equal((second, 9), (new CheckpointFile(_path, _server.LogKey).Note, new CheckpointFile(_path, _server.LogKey).Size));
    }

    [Fact]
    public void Take_SmallerForkedOrUnsigned_IsNamedAndNotKept()
    {
        var kept = _server.CheckpointOf(9);
        var file = new CheckpointFile(_path, _server.LogKey);
        file.Take(kept);

        Assert.Equal(CheckpointJudgement.WentBack, file.Take(_server.CheckpointOf(8)));
        Assert.Equal(CheckpointJudgement.Forked, file.Take(_server.CheckpointOf(9, root: 1)));
        Assert.Equal(CheckpointJudgement.NotSigned, file.Take(kept.Replace("\n9\n", "\n99\n", StringComparison.Ordinal)));
        Assert.Equal(CheckpointJudgement.NotSigned, file.Take("nothing"));
        _server.Log = SigningKey.Create();
        Assert.Equal(CheckpointJudgement.NotSigned, file.Take(_server.CheckpointOf(100)));

        Assert.Equal((kept, kept), (file.Note, File.ReadAllText(_path)));
    }

    [Fact]
    public void Open_AnotherFile_IsRefusedAndNotTouched()
    {
        File.WriteAllText(_path, "something else");

        Assert.Throws<InvalidDataException>(() => new CheckpointFile(_path, _server.LogKey));
        Assert.Equal("something else", File.ReadAllText(_path));
    }

    public void Dispose()
    {
        _directory.Dispose();
        _server.Dispose();
    }
}
