using System.Text;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>What guests do with files, as single calls whose every pointer is right. The root is 3; what is opened first is 5.</summary>
internal static class GuestFiles
{
    public const int Root = 3;
    public const int First = 5;

    /// <summary>Open flags.</summary>
    public const int Create = 1, Directory = 2, Exclusive = 4, Truncate = 8;

    public const long AllRights = (1 << 28) - 1;
    public const long ReadRight = 1 << 1, SeekRight = 1 << 2, SetFlagsRight = 1 << 3, TellRight = 1 << 5, WriteRight = 1 << 6;

    /// <summary>Where calls here leave what they answer.</summary>
    public const int Result = 60_000;

    private const int Buffer = 40_000;

    /// <summary>Everything that can be asked for a file, or for a directory where write is refused.</summary>
    public static GuestScript Open(this GuestScript script, string path, int flags = 0, long rights = AllRights, int fdFlags = 0, int lookup = 1, int directory = Root) =>
        script.Call("path_open", directory, lookup, path, flags, rights, AllRights, fdFlags, Result);

    public static GuestScript OpenDirectory(this GuestScript script, string path, long rights = AllRights & ~WriteRight, int directory = Root) =>
        script.Open(path, Directory, rights, directory: directory);

    public static GuestScript Write(this GuestScript script, int descriptor, string text) => script.Call("fd_write", descriptor, script.Vector(text), 1, Result);

    public static GuestScript WriteAt(this GuestScript script, int descriptor, string text, long offset) =>
        script.Call("fd_pwrite", descriptor, script.Vector(text), 1, offset, Result);

    /// <summary>Reads and dumps what came.</summary>
    public static GuestScript Read(this GuestScript script, int descriptor, int length) =>
        script.Call("fd_read", descriptor, script.Vector(Buffer, length), 1, Result).DumpRead();

    public static GuestScript ReadAt(this GuestScript script, int descriptor, int length, long offset) =>
        script.Call("fd_pread", descriptor, script.Vector(Buffer, length), 1, offset, Result).DumpRead();

    public static GuestScript Seek(this GuestScript script, int descriptor, long offset, int whence) =>
        script.Call("fd_seek", descriptor, offset, whence, Result).Dump(Result, 8);

    public static GuestScript Tell(this GuestScript script, int descriptor) => script.Call("fd_tell", descriptor, Result).Dump(Result, 8);

    /// <summary>Dumps the whole filestat.</summary>
    public static GuestScript Stat(this GuestScript script, int descriptor) => script.Call("fd_filestat_get", descriptor, Result).Dump(Result, 64);

    public static GuestScript Stat(this GuestScript script, string path, int lookup = 1, int directory = Root) =>
        script.Call("path_filestat_get", directory, lookup, path, Result).Dump(Result, 64);

    /// <summary>Places a text, and a vector that points to it.</summary>
    public static int Vector(this GuestScript script, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return script.Vector(script.Place(bytes), bytes.Length);
    }

    public static int Vector(this GuestScript script, int address, int length) =>
        script.Place([.. BitConverter.GetBytes(address), .. BitConverter.GetBytes(length)]);

    // As many bytes as the call says that it read: the vector of Dump gets its length at run time.
    private static GuestScript DumpRead(this GuestScript script) => script.DumpCounted(Buffer, Result);
}
