using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace Ailee.Vcp.Crash.Faults;

/// <summary>What is shared with the shim (fault.c has the same layout): what it is to do, and the journal of what was done.</summary>
internal sealed unsafe class FaultControl : IDisposable
{
    /// <summary>Environment variable that names the file to the shim.</summary>
    public const string Variable = "VCP_FAULT_FILE";

    private const int PathBytes = 512;
    private const int NumberBytes = 14 * sizeof(long);
    private const int HeaderBytes = NumberBytes + (2 * PathBytes);
    private const int EntryBytes = 32;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _numbers;
    private readonly byte* _start;

    public FaultControl(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _view = _file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start;
        _numbers = (long*)start;
    }

    /// <summary>Operations so far.</summary>
    public long Operations => Volatile.Read(ref _numbers[3]);

    /// <summary>The operation that was met; 0 if none was yet.</summary>
    public long Fired => Volatile.Read(ref _numbers[9]);

    /// <summary>What the operation that was met is.</summary>
    public OperationType FiredType => (OperationType)Volatile.Read(ref _numbers[10]);

    /// <summary>The process whose operations count; 0 before it came.</summary>
    public long Process => Volatile.Read(ref _numbers[0]);

    /// <summary>Nothing comes to the active directory any more.</summary>
    public bool Frozen
    {
        get => Volatile.Read(ref _numbers[2]) != 0;
        set => Volatile.Write(ref _numbers[2], value ? 1 : 0);
    }

    /// <summary>Makes the file that both sides map.</summary>
    /// <param name="path">The file.</param>
    /// <param name="journalBytes">Room for the journal; what is not used of it takes none.</param>
    public static void Create(string path, long journalBytes)
    {
        using var file = new FileStream(path, FileMode.Create);
        file.SetLength(HeaderBytes + journalBytes);
        Span<byte> size = stackalloc byte[sizeof(long)];
        MemoryMarshal.Write(size, journalBytes);
        file.Position = NumberBytes - sizeof(long);
        file.Write(size);
    }

    /// <summary>Makes a directory the active one: what is done to it counts from now on. All others below the base take nothing.</summary>
    /// <param name="directory">The directory; null for none, so that nothing counts and nothing fails.</param>
    /// <param name="syncs">Whether files are really synced. What matters of it is in the journal.</param>
    public void Watch(string? directory, bool syncs = false)
    {
        Volatile.Write(ref _numbers[1], 0);
        SetPath(0, directory is null ? string.Empty : Path.GetDirectoryName(directory)!);
        SetPath(1, directory ?? string.Empty);
        Disarm();
        _numbers[3] = 0;
        _numbers[11] = syncs ? 0 : 1;
        _numbers[12] = 0;
        Frozen = false;
        Volatile.Write(ref _numbers[1], directory is null ? 0 : 1);
    }

    /// <summary>Has a fault wait for an operation.</summary>
    /// <param name="fault">What is to happen.</param>
    /// <param name="operation">The operation, counted from the start of watching. Range 1 and more.</param>
    public void Arm(Fault fault, long operation)
    {
        Disarm();
        _numbers[5] = (long)fault.Kind;
        _numbers[6] = fault.Error;
        _numbers[7] = (long)fault.Target;
        _numbers[8] = fault.Torn;
        Volatile.Write(ref _numbers[4], operation);
    }

    /// <summary>Nothing fails any more, but for what is frozen.</summary>
    public void Disarm()
    {
        Volatile.Write(ref _numbers[4], 0);
        Volatile.Write(ref _numbers[9], 0);
    }

    /// <summary>What was done since the start of watching.</summary>
    public List<JournalEntry> ReadJournal()
    {
        var (used, size) = (Volatile.Read(ref _numbers[12]), _numbers[13]);
        if (used > size)
        {
            throw new InvalidOperationException("The journal of the shim is full.");
        }

        var entries = new List<JournalEntry>();
        for (long at = 0; at < used;)
        {
            var entry = new ReadOnlySpan<byte>(_start + HeaderBytes + at, EntryBytes);
            var (length, type) = (MemoryMarshal.Read<int>(entry), MemoryMarshal.Read<int>(entry[4..]));
            var offset = MemoryMarshal.Read<long>(entry[8..]);
            var (path, target, data) = (MemoryMarshal.Read<int>(entry[16..]), MemoryMarshal.Read<int>(entry[20..]), MemoryMarshal.Read<int>(entry[24..]));
            var rest = new ReadOnlySpan<byte>(_start + HeaderBytes + at + EntryBytes, length - EntryBytes);
            var failed = MemoryMarshal.Read<int>(entry[28..]) != 0;
            if (!failed || type == (int)OperationType.Sync)
            {
                var done = failed ? OperationType.FailedSync : (OperationType)type;
                entries.Add(new JournalEntry(done, Text(rest[..path]), Text(rest.Slice(path, target)), offset, rest.Slice(path + target, data).ToArray()));
            }

            at += length;
        }

        return entries;
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private void SetPath(int number, string path)
    {
        var place = new Span<byte>(_start + NumberBytes + (number * PathBytes), PathBytes);
        place.Clear();
        Encoding.UTF8.GetBytes(path, place[..^1]);
    }
}
