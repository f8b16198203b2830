namespace Ailee.Vcp.Sandbox.Files;

/// <summary>What a guest may still add to its file system: bytes of files and links, and names in directories.</summary>
internal sealed class ScratchQuota(long maxBytes, long maxEntries)
{
    public long Bytes { get; private set; }

    public long Entries { get; private set; }

    public bool TryTakeBytes(long count)
    {
        var ok = count <= maxBytes - Bytes;
        Bytes += ok ? count : 0;
        return ok;
    }

    public void GiveBytesBack(long count) => Bytes -= count;

    public bool TryTakeEntry()
    {
        var ok = Entries < maxEntries;
        Entries += ok ? 1 : 0;
        return ok;
    }

    public void GiveEntryBack() => Entries--;
}
