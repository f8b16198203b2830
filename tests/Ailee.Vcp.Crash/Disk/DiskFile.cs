namespace Ailee.Vcp.Crash.Disk;

/// <summary>A file or directory as the process sees it, and what of it a power cut cannot take.</summary>
/// <param name="isDirectory">Whether it is a directory, whose names are not here.</param>
/// <param name="content">What of a file is durable.</param>
internal sealed class DiskFile(bool isDirectory, byte[] content)
{
    private const int SectorBytes = 512;

    private readonly GrowingBytes _now = new(content);
    private readonly GrowingBytes _durable = new([.. content]);
    private readonly List<Change> _pending = [];

    public bool IsDirectory => isDirectory;

    public void Write(long offset, byte[] data) => Add(new Change(offset, data));

    public void SetLength(long length) => Add(new Change(length, null));

    /// <summary>What was written is durable from now on.</summary>
    public void Sync()
    {
        _pending.ForEach(change => change.Apply(_durable));
        _pending.Clear();
    }

    /// <summary>What was written and is not durable never will be.</summary>
    public void Forget() => _pending.Clear();

    public byte[] Now() => _now.ToArray();

    /// <summary>What is left after a power cut: of what was not synced any part, as the disk had got to it.</summary>
    /// <param name="loss">How much is lost.</param>
    /// <param name="random">Chooses the part.</param>
    public byte[] AfterPowerCut(Loss loss, Random random)
    {
        var left = new GrowingBytes(_durable.ToArray());
        foreach (var change in _pending)
        {
            if (loss == Loss.Nothing || (loss == Loss.Some && random.Next(3) > 0))
            {
                (loss == Loss.Some && random.Next(4) == 0 ? change.Torn(random, SectorBytes) : change).Apply(left);
            }
        }

        return left.ToArray();
    }

    private void Add(Change change)
    {
        change.Apply(_now);
        _pending.Add(change);
    }

    // Without data it is a new length.
    private sealed record Change(long Offset, byte[]? Data)
    {
        public void Apply(GrowingBytes content)
        {
            if (Data is null)
            {
                content.SetLength(Offset);
            }
            else
            {
                content.Write(Offset, Data);
            }
        }

        public Change Torn(Random random, int sectorBytes) =>
            Data is null ? this : this with { Data = Data[..Math.Min(Data.Length, sectorBytes * random.Next(1 + (Data.Length / sectorBytes)))] };
    }
}

/// <summary>How much of what was not synced is lost.</summary>
internal enum Loss
{
    /// <summary>All of it.</summary>
    Everything,

    /// <summary>A part.</summary>
    Some,

    /// <summary>None of it.</summary>
    Nothing,
}
