using System.Formats.Tar;
using System.Runtime.InteropServices;

namespace Ailee.Vcp.Cli.Files;

/// <summary>What a name stands for, found out without opening it, which may wait for ever, and without following it.</summary>
internal static partial class FileType
{
    /// <summary>Whether it is a file with bytes of its own: no link, pipe, device, socket or directory.</summary>
    public static bool IsRegular(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null } file && !IsSpecial(file);

    /// <summary>Whether it is a device, pipe or socket. Of what is no link.</summary>
    public static bool IsSpecial(FileInfo file)
    {
        if (OperatingSystem.IsWindows() || file.Length > 0)
        {
            return false;
        }

        try
        {
            return Header(file.FullName).EntryType is not (TarEntryType.RegularFile or TarEntryType.HardLink);
        }
        catch (IOException)
        {
            // A socket, or a file that cannot be read; the one is refused, the other would be next.
            return true;
        }
    }

    /// <summary>Whether it is a directory of the user that this process acts for, and no link to one. On Windows whose it is is not asked.</summary>
    public static bool IsOwnDirectory(string path) =>
        new DirectoryInfo(path) is { Exists: true, LinkTarget: null } directory && (OperatingSystem.IsWindows() || (uint)Header(directory.FullName).Uid == EffectiveUser());

    // .NET does not tell types and owners, but its tar writer finds them out.
    private static TarEntry Header(string path)
    {
        using var header = new MemoryStream();
        using (var writer = new TarWriter(header, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(path, "x");
        }

        header.Position = 0;
        using var reader = new TarReader(header);
        return reader.GetNextEntry() ?? throw new IOException($"{path} is of no type that is known.");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
