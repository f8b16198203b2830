namespace Ailee.Vcp.Node.Tests.Sensors;

public sealed class MemorySensorTests : IDisposable
{
    private const long Gibibyte = 1L << 30;
    private const string Own = "sys/fs/cgroup/pod/own";

    private readonly SensorTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Machine_IsWhatCouldBeHad()
    {
        _tree.Meminfo(8 << 20, 5 << 20);

        var sample = _tree.Read();

        Assert.Equal((8 * Gibibyte, 5 * Gibibyte), (sample.MemoryTotalBytes, sample.MemoryFreeBytes));
    }

    [Fact]
    public void Read_LimitBelowTheMachine_IsTheLimit()
    {
        Container("2147483648", 1 << 30);

        var sample = _tree.Read();

        Assert.Equal((2 * Gibibyte, Gibibyte), (sample.MemoryTotalBytes, sample.MemoryFreeBytes));
    }

    [Fact]
    public void Read_FilesInTheGroupsMemory_CouldBeHad()
    {
        Container("2147483648", 2 << 29);
        _tree.Write($"{Own}/memory.stat", "anon 1\ninactive_anon 536870911\ninactive_file 536870912\n");

        Assert.Equal(3L << 29, _tree.Read().MemoryFreeBytes);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("x")]
    [InlineData("99999999999999999999999")]
    public void Read_FilesInTheGroupAreNonsense_CountsThemAsUsed(string inactive)
    {
        Container("2147483648", 1 << 30);
        _tree.Write($"{Own}/memory.stat", $"inactive_file {inactive}\n");

        Assert.Equal(Gibibyte, _tree.Read().MemoryFreeBytes);
    }

    [Fact]
    public void Read_MoreFilesThanTheGroupUses_IsTheLimitAtMost()
    {
        Container("2147483648", 1 << 30);
        _tree.Write($"{Own}/memory.stat", "inactive_file 9223372036854775807\n");

        Assert.Equal(2 * Gibibyte, _tree.Read().MemoryFreeBytes);
    }

    [Fact]
    public void Read_LessLeftOnTheMachineThanInTheGroup_IsTheMachines()
    {
        Container("2147483648", 0);
        _tree.Meminfo(8 << 20, 1 << 10);

        Assert.Equal(1 << 20, _tree.Read().MemoryFreeBytes);
    }

    [Fact]
    public void Read_GroupOverItsLimit_IsNothing()
    {
        Container("2147483648", 3 * Gibibyte);

        Assert.Equal(0, _tree.Read().MemoryFreeBytes);
    }

    [Theory]
    [InlineData("max")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("9223372036854771712")]
    public void Read_NoLimit_IsTheMachine(string limit)
    {
        Container(limit, 1 << 30);

        var sample = _tree.Read();

        Assert.Equal((8 * Gibibyte, 5 * Gibibyte), (sample.MemoryTotalBytes, sample.MemoryFreeBytes));
    }

    [Fact]
    public void Read_LimitOfAGroupAbove_Counts()
    {
        Container("max", 0);
        _tree.Write("sys/fs/cgroup/pod/memory.max", "1073741824\n");
        _tree.Write("sys/fs/cgroup/pod/memory.current", "1048576\n");

        var sample = _tree.Read();

        Assert.Equal((Gibibyte, Gibibyte - (1 << 20)), (sample.MemoryTotalBytes, sample.MemoryFreeBytes));
    }

    [Theory]
    [InlineData("0::/../../pod/own")]
    [InlineData("0::/pod/./own")]
    [InlineData("")]
    public void Read_GroupThatIsNotSeen_IsTheRootThatIs(string group)
    {
        Container("1048576", 0);
        _tree.Write("proc/self/cgroup", group);
        _tree.Write("sys/fs/cgroup/memory.max", "2147483648");

        Assert.Equal(2 * Gibibyte, _tree.Read().MemoryTotalBytes);
    }

    [Theory]
    [InlineData("MemTotal: 8 kB", 8192L, null)]
    [InlineData("MemAvailable: 8 kB", null, 8192L)]
    [InlineData("MemTotal: 8 kB\nMemAvailable: 9 kB", 8192L, 8192L)]
    [InlineData("MemTotal: 0 kB\nMemAvailable: 9 kB", null, null)]
    [InlineData("MemTotal: -8 kB\nMemAvailable: -9 kB", null, null)]
    [InlineData("MemTotal: 9223372036854775807 kB", null, null)]
    [InlineData("MemTotal: 1099511627777 kB", null, null)]
    [InlineData("MemTotal: 8 MB", null, null)]
    [InlineData("MemTotal: kB", null, null)]
    public void Read_PartOrNonsense_IsWhatIsKnown(string meminfo, long? total, long? free)
    {
        _tree.Write("proc/meminfo", meminfo);

        var sample = _tree.Read();

        Assert.Equal((total, free), (sample.MemoryTotalBytes, sample.MemoryFreeBytes));
    }

    private void Container(string limit, long used)
    {
        _tree.Meminfo(8 << 20, 5 << 20);
        _tree.Write("proc/self/cgroup", "0::/pod/own\n");
        _tree.Write($"{Own}/memory.max", $"{limit}\n");
        _tree.Write($"{Own}/memory.current", $"{used}\n");
    }
}
