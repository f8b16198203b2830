using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Cli.Files;

/// <summary>Reads directories of this machine into a bundle: a snapshot, in which owners, modes and times are forgotten.</summary>
internal sealed class DirectoryPacker
{
    private const string Separator = "::";

    private readonly BundleBuilder _builder = new(BundleLimits.Widest);
    private readonly List<string> _preopens = [];

    /// <summary>The bundle of one directory, whose contents are its root.</summary>
    /// <exception cref="CliException">It is no directory, or holds what no bundle can. So for the other methods.</exception>
    public static Bundle Pack(string directory)
    {
        var packer = new DirectoryPacker();
        packer.Add(directory, string.Empty);
        return packer._builder.Build();
    }

    /// <summary>The bundle of directories given as <c>HOST::GUEST</c>, or <c>HOST</c> for the same name in the guest; null for none.</summary>
    public static Bundle? Pack(IReadOnlyList<string> mappings)
    {
        var packer = new DirectoryPacker();
        foreach (var mapping in mappings)
        {
            packer.Map(mapping);
        }

        return mappings.Count == 0 ? null : packer._builder.Build(packer._preopens);
    }

    private void Map(string mapping)
    {
        var at = mapping.IndexOf(Separator, StringComparison.Ordinal);
        var (host, guest) = at < 0 ? (mapping, mapping) : (mapping[..at], mapping[(at + Separator.Length)..]);
        var segments = guest.Split('/').Where(segment => segment is not ("" or ".")).ToList();
        if (guest.Length == 0 || segments.Contains(".."))
        {
            throw new CliException($"--dir {mapping}: the guest has no place '{guest}'; give it one, such as --dir {host}::/data.");
        }

        var prefix = string.Join('/', segments);
        Add(host, prefix);
        // The root is open anyway.
        if (prefix.Length > 0 && !_preopens.Contains(guest))
        {
            _preopens.Add(guest);
        }
    }

    private void Add(string directory, string prefix)
    {
        if (!Directory.Exists(directory))
        {
            throw new CliException($"{directory} is no directory.");
        }

        try
        {
            _builder.AddDirectory(prefix);
            AddEntries(new DirectoryInfo(directory), prefix, string.Empty);
        }
        catch (BundleException exception)
        {
            throw new CliException($"{directory} cannot be packed: {exception.Message} ({exception.Code})");
        }
    }

    private void AddEntries(DirectoryInfo directory, string prefix, string inner)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, MatchType = MatchType.Simple }))
        {
            var path = Join(inner, entry.Name);
            if (entry.LinkTarget is { } target)
            {
                AddLink(Join(prefix, path), path, target);
            }
            else if (entry is DirectoryInfo below)
            {
                _builder.AddDirectory(Join(prefix, path));
                AddEntries(below, prefix, path);
            }
            else
            {
                AddFile(Join(prefix, path), (FileInfo)entry);
            }
        }
    }

    // Within the directory that was named, not only within the bundle: what lies beside it there is another directory of this machine.
    private void AddLink(string packed, string path, string target)
    {
        if (!BundlePath.LeadsInside(path, target))
        {
            throw new CliException($"{path} is a link to {target}, which leads out of the directory; put what it leads to inside, or remove it.");
        }

        _builder.AddSymlink(packed, target);
    }

    private void AddFile(string packed, FileInfo file)
    {
        if (FileType.IsSpecial(file))
        {
            throw new CliException($"{file.FullName} is a device, pipe or socket; only files, directories and links can be packed.");
        }

        if (file.Length > _builder.BytesLeft)
        {
            throw new CliException($"The files have more than {BundleLimits.Widest.Bytes} bytes.");
        }

        _builder.AddFile(packed, File.ReadAllBytes(file.FullName));
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
