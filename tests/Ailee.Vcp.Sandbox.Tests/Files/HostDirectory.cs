using System.Runtime.InteropServices;
using System.Text;

namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>A directory of a real Linux file system, asked by its own calls, so that errors are the kernel's.</summary>
internal sealed class HostDirectory : IDisposable
{
    private const int CreateTruncateWrite = 0x1 | 0x40 | 0x200;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vcp-files-");

    /// <summary>Every path below it with what is there, in order; links are not followed.</summary>
    public IEnumerable<string> Contents => Below(_directory).Order(StringComparer.Ordinal);

    public int Apply(FileOperation operation) => operation.Kind switch
    {
        FileOperationKind.MakeDirectory => Answer(mkdir(Full(operation.Path), 0x1ff)),
        FileOperationKind.RemoveDirectory => Answer(rmdir(Full(operation.Path))),
        FileOperationKind.Write => Write(operation.Path, operation.Other),
        FileOperationKind.Unlink => Answer(unlink(Full(operation.Path))),
        FileOperationKind.Rename => Answer(rename(Full(operation.Path), Full(operation.Other))),
        FileOperationKind.Link => Answer(link(Full(operation.Path), Full(operation.Other))),
        FileOperationKind.Symlink => Answer(symlink(Encoding.UTF8.GetBytes(operation.Path + "\0"), Full(operation.Other))),
        _ => Answer(access(Full(operation.Path), 0)),
    };

    public void Dispose() => _directory.Delete(recursive: true);

    private IEnumerable<string> Below(DirectoryInfo directory) => directory.EnumerateFileSystemInfos().SelectMany(info =>
    {
        var path = Path.GetRelativePath(_directory.FullName, info.FullName);
        return info.LinkTarget is { } target ? [$"{path}->{target}"]
            : info is DirectoryInfo inner ? Below(inner).Prepend(path + "/")
            : [$"{path}={File.ReadAllText(info.FullName)}"];
    });

    private byte[] Full(string path) => Encoding.UTF8.GetBytes($"{_directory.FullName}/{path}\0");

    private int Write(string path, string text)
    {
        var descriptor = open(Full(path), CreateTruncateWrite, 0x1ff);
        if (descriptor < 0)
        {
            return Answer(descriptor);
        }

        using var file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write);
        file.Write(Encoding.UTF8.GetBytes(text));
        return Errno.Success;
    }

    // Linux numbers to those of WASI.
    private static int Answer(int result) => result >= 0 ? Errno.Success : Marshal.GetLastPInvokeError() switch
    {
        1 => Errno.NotPermitted,
        2 => Errno.NoEntry,
        17 => Errno.Exists,
        20 => Errno.NotDirectory,
        21 => Errno.IsDirectory,
        22 => Errno.Invalid,
        39 => Errno.NotEmpty,
        40 => Errno.Loop,
        var other => -other,
    };

#pragma warning disable SYSLIB1054, CA5392, IDE1006 // Source-generated imports need unsafe code; the names are those of libc.
    [DllImport("libc", SetLastError = true)]
    private static extern int mkdir(byte[] path, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int rmdir(byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlink(byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int rename(byte[] path, byte[] to);

    [DllImport("libc", SetLastError = true)]
    private static extern int link(byte[] path, byte[] to);

    [DllImport("libc", SetLastError = true)]
    private static extern int symlink(byte[] content, byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int access(byte[] path, int mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int open(byte[] path, int flags, uint mode);
#pragma warning restore SYSLIB1054, CA5392, IDE1006
}
