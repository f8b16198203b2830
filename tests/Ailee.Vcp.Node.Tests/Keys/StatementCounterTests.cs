using System.Buffers.Binary;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Tests.Keys;

public sealed class StatementCounterTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Path => _directory.File("node.counter");

    [Fact]
    public void Next_New_CountsFromOne()
    {
        var counter = new StatementCounter(Path);

        Assert.Equal((1ul, 2ul, 3ul), (counter.Next(), counter.Next(), counter.Next()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(3000)]
    public void Next_AfterACrash_GoesOnAboveAllThatWereUsed(int used)
    {
        var counter = new StatementCounter(Path);
        var highest = 0ul;
        for (var i = 0; i < used; i++)
        {
            highest = counter.Next();
        }

        // No shutdown: the first instance is simply gone.
        var next = new StatementCounter(Path).Next();

        Assert.Equal((ulong)used, highest);
        Assert.True(next > highest);
        // The window that the orchestrator remembers is 4096 wide; a crash must not skip more than a block of it.
        Assert.True(next - highest <= 1024 + 1);
    }

    [Fact]
    public void Next_FileBehindWhatIsKnown_ContinuesAfterThat()
    {
        _ = new StatementCounter(Path).Next();

        Assert.Equal(5000ul, new StatementCounter(Path, atLeast: 5000).Next());
        Assert.True(new StatementCounter(Path).Next() > 5000);
    }

    [Fact]
    public void Next_Always_IsReservedOnDiskBefore()
    {
        var counter = new StatementCounter(Path);

        for (var i = 0; i < 2500; i++)
        {
            var value = counter.Next();
            Assert.True(BinaryPrimitives.ReadUInt64BigEndian(File.ReadAllBytes(Path)) > value);
        }
    }

    [Fact]
    public async Task Next_Concurrent_NeverTheSameTwice()
    {
        var counter = new StatementCounter(Path);

        var values = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => counter.Next()).ToList())));

        Assert.Equal(Enumerable.Range(1, 8000).Select(value => (ulong)value), values.SelectMany(list => list).Order());
        Assert.All(values, list => Assert.Equal(list.Order(), list));
    }

    [Fact]
    public void Next_WhenTheBlockCannotBeReserved_ThrowsAndSkipsNothing()
    {
        var counter = new StatementCounter(Path);
        Directory.CreateDirectory(Path + ".new");

        Assert.ThrowsAny<Exception>(() => counter.Next());
        Directory.Delete(Path + ".new");

        Assert.Equal(1ul, counter.Next());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void Open_NotACounter_InvalidData(int length)
    {
        File.WriteAllBytes(Path, new byte[length]);

        Assert.Throws<InvalidDataException>(() => new StatementCounter(Path));
    }

    public void Dispose() => _directory.Dispose();
}
