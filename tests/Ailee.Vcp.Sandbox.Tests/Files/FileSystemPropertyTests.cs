using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Sandbox.Files;
using CsCheck;

namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>Random sequences of changes, against a model and against a real file system.</summary>
public sealed class FileSystemPropertyTests
{
    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("a/a/a", "1"), TestBundle.File("a/b", "22"), TestBundle.Directory("b/b"), TestBundle.File("c", "333"));

    [Fact]
    public void Changes_OfAnEmptyFileSystem_AreTheModels() => FileOperation.WithoutLinks.Sample(operations =>
    {
        var (disk, model) = (new Disk(), new FileSystemModel());

        foreach (var operation in operations)
        {
            Assert.Equal((operation, model.Apply(operation)), (operation, operation.On(disk)));
            Assert.Equal((model.Bytes, model.Entries), (disk.Quota.Bytes, disk.Quota.Entries));
        }

        Assert.Equal(model.Contents.Order(StringComparer.Ordinal), Contents(disk));
    });

    [Fact]
    public void Changes_OverABundle_AreTheModelsAndTheBundleIsUntouched() => FileOperation.WithoutLinks.Sample(operations =>
    {
        var (disk, model) = (new Disk(Bundle), new FileSystemModel());
        foreach (var entry in Bundle.Entries)
        {
            model.Add(entry.Path, entry.Kind == BundleEntryKind.Directory ? null : System.Text.Encoding.UTF8.GetString(entry.Content.Span));
        }

        foreach (var operation in operations)
        {
            Assert.Equal((operation, model.Apply(operation)), (operation, operation.On(disk)));
        }

        Assert.Equal(model.Contents.Order(StringComparer.Ordinal), Contents(disk));
        Assert.Equal(["a/", "a/a/", "a/a/a=1", "a/b=22", "b/", "b/b/", "c=333"], Contents(new Disk(Bundle)));
    });

    [Fact]
    public void Changes_ThenEverythingRemoved_GiveEverythingBack() => FileOperation.All.Sample(operations =>
    {
        var disk = new Disk();
        foreach (var operation in operations)
        {
            operation.On(disk);
        }

        RemoveAll(disk, disk.Root);

        Assert.Equal((0, 0), (disk.Quota.Bytes, disk.Quota.Entries));
        Assert.Empty(Contents(disk));
    });

    [Fact]
    public void Changes_SameTwice_AnswerTheSame() => FileOperation.All.Sample(operations =>
    {
        var (first, second) = (new Disk(Bundle), new Disk(Bundle));

        Assert.Equal(operations.Select(operation => operation.On(first)), operations.Select(operation => operation.On(second)));
        Assert.Equal(first.Files.Steps, second.Files.Steps);
        Assert.Equal(Listings(first.Root), Listings(second.Root));
    });

    [Fact]
    public void Changes_OnLinux_AnswerAsTheKernelDoes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The errors of other systems differ.");
        FileOperation.All.Sample(operations =>
        {
            using var host = new HostDirectory();
            var disk = new Disk();

            foreach (var operation in operations)
            {
                var (real, ours) = (host.Apply(operation), operation.On(disk));

                Assert.True(real == ours || IsKnownDifference(operation, real, ours), $"{operation}: Linux {real}, here {ours}");
            }

            Assert.Equal(host.Contents, Contents(disk));
        });
    }

    // Linux looks at the new name before it says that directories have no second one, and calls a directory that holds the file not
    // empty before it says that a file cannot replace a directory.
    private static bool IsKnownDifference(FileOperation operation, int real, int ours) => (operation.Kind, ours, real) switch
    {
        (FileOperationKind.Link, Errno.NotPermitted, Errno.Exists or Errno.NoEntry or Errno.NotDirectory or Errno.Loop) => true,
        (FileOperationKind.Rename, Errno.IsDirectory, Errno.NotEmpty) => true,
        _ => false,
    };

    private static List<string> Contents(Disk disk) => [.. Contents(disk.Root, string.Empty).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Contents(DirectoryInode directory, string prefix) => directory.List().SelectMany(entry =>
    {
        var path = prefix + entry.Name;
        return directory.Find(entry.Name) switch
        {
            DirectoryInode inner => Contents(inner, path + "/").Prepend(path + "/"),
            SymlinkInode link => [$"{path}->{link.Target}"],
            FileInode file => [$"{path}={System.Text.Encoding.UTF8.GetString(file.Content.ToArray())}"],
            _ => throw new InvalidOperationException(path),
        };
    });

    private static List<DirectoryEntry> Listings(DirectoryInode directory) =>
        [.. directory.List().SelectMany(entry => directory.Find(entry.Name) is DirectoryInode inner ? Listings(inner).Prepend(entry) : [entry])];

    private static void RemoveAll(Disk disk, DirectoryInode directory)
    {
        foreach (var entry in directory.List())
        {
            if (directory.Find(entry.Name) is DirectoryInode inner)
            {
                RemoveAll(disk, inner);
                Assert.Equal(Errno.Success, (int)disk.Files.RemoveDirectory(directory, entry.Name));
            }
            else
            {
                Assert.Equal(Errno.Success, (int)disk.Files.Unlink(directory, entry.Name));
            }
        }
    }
}
