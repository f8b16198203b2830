using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>
/// Collects the entries of a bundle and holds them to its rules: safe paths, no contradictions, bounded. Parents come by
/// themselves. Of a path given twice the last stands, if it is of the same kind. Not thread-safe.
/// </summary>
public sealed class BundleBuilder(BundleLimits limits)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, BundleEntry> _entries = new(StringComparer.Ordinal);
    private long _bytes;
    private long _pathBytes;

    /// <summary>Bytes that further files may have.</summary>
    public long BytesLeft => limits.Bytes - _bytes;

    /// <summary>Adds a directory; <paramref name="path"/> as an archive spells it.</summary>
    /// <exception cref="BundleException">The path or the tree breaks a rule. So for every other method.</exception>
    public void AddDirectory(string path)
    {
        if (Normalize(path) is { Length: > 0 } normal)
        {
            Add(new BundleEntry(normal, BundleEntryKind.Directory));
        }
    }

    /// <summary>Adds a file.</summary>
    public void AddFile(string path, ReadOnlyMemory<byte> content)
    {
        // First of all: whoever reads the content has asked BytesLeft, a hard link has not.
        if (content.Length > BytesLeft)
        {
            throw TooManyBytes();
        }

        var normal = Named(path);
        Add(new BundleEntry(normal, BundleEntryKind.File, content));
        _bytes += content.Length;
    }

    /// <summary>Adds a file with the content of one that is there already.</summary>
    public void AddHardLink(string path, string target)
    {
        if (!_entries.TryGetValue(Named(target), out var entry) || entry.Kind != BundleEntryKind.File)
        {
            throw Invalid($"'{Shown(path)}' is a hard link to what is no file before it.");
        }

        AddFile(path, entry.Content);
    }

    /// <summary>Adds a symbolic link; its target is kept as it is written.</summary>
    public void AddSymlink(string path, string target)
    {
        var normal = Named(path);
        if (target.Length == 0 || ByteCount(target) > BundlePath.MaxBytes)
        {
            throw Invalid($"'{Shown(path)}' is a link to nothing, or to more than {BundlePath.MaxBytes} bytes.");
        }

        if (target.Contains('\0', StringComparison.Ordinal) || !BundlePath.LeadsInside(normal, target))
        {
            throw Unsafe($"'{Shown(path)}' is a link that leads out of the tree.");
        }

        Add(new BundleEntry(normal, BundleEntryKind.Symlink, default, target));
    }

    /// <summary>The bundle of everything that was added.</summary>
    /// <param name="preopens">Directories that the guest finds open beside <c>/</c> and <c>.</c>.</param>
    public Bundle Build(IReadOnlyList<string>? preopens = null) => new(_entries.Values, preopens);

    /// <summary>The exception of too many bytes, for whoever finds out before the content is there.</summary>
    internal BundleException TooManyBytes() => new(BundleCodes.TooLarge, $"The files have more than {limits.Bytes} bytes.");

    private void Add(BundleEntry entry)
    {
        AddParents(entry.Path);
        if (_entries.TryGetValue(entry.Path, out var earlier))
        {
            if (earlier.Kind != entry.Kind)
            {
                throw Invalid($"'{Shown(entry.Path)}' is given twice, as different things.");
            }

            _bytes -= earlier.Content.Length;
            _pathBytes -= earlier.PathBytes;
        }

        Put(entry);
    }

    private void AddParents(string path)
    {
        // From below: a directory that is known has its parents already, and nothing is copied to find it.
        var known = _entries.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var parent = path.AsSpan(); parent.LastIndexOf('/') is var at and >= 0;)
        {
            parent = parent[..at];
            if (!known.TryGetValue(parent, out var entry))
            {
                Put(new BundleEntry(parent.ToString(), BundleEntryKind.Directory));
            }
            else if (entry.Kind == BundleEntryKind.Directory)
            {
                return;
            }
            else
            {
                throw Invalid($"'{Shown(entry.Path)}' is no directory, but '{Shown(path)}' lies in it.");
            }
        }
    }

    private void Put(BundleEntry entry)
    {
        _pathBytes += entry.PathBytes;
        if (_pathBytes > limits.PathBytes)
        {
            throw new BundleException(BundleCodes.TooLarge, $"Paths and links have more than {limits.PathBytes} bytes.");
        }

        _entries[entry.Path] = entry;
        if (_entries.Count > limits.Entries)
        {
            throw new BundleException(BundleCodes.TooLarge, $"There are more than {limits.Entries} files, directories and links.");
        }
    }

    private string Named(string path) => Normalize(path) is { Length: > 0 } normal ? normal : throw Invalid("A file or a link has no name.");

    /// <summary>Without empty and <c>.</c> segments; empty for the root.</summary>
    private string Normalize(string path)
    {
        if (path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw Unsafe($"'{Shown(path)}' is absolute or contains NUL.");
        }

        var segments = path.Split('/').Where(segment => segment is not ("" or ".")).ToList();
        if (segments.Contains(".."))
        {
            throw Unsafe($"'{Shown(path)}' goes up by '..'.");
        }

        if (segments.Count > limits.Depth)
        {
            throw new BundleException(BundleCodes.TooLarge, $"'{Shown(path)}' is deeper than {limits.Depth}.");
        }

        var normal = string.Join('/', segments);
        if (ByteCount(normal) > BundlePath.MaxBytes || segments.Any(segment => ByteCount(segment) > BundlePath.MaxSegmentBytes))
        {
            throw Invalid($"'{Shown(path)}' has more than {BundlePath.MaxBytes} bytes, or a name in it more than {BundlePath.MaxSegmentBytes}.");
        }

        return normal;
    }

    private static int ByteCount(string text)
    {
        try
        {
            return StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw Invalid("A name is not Unicode.");
        }
    }

    // Messages travel in answers and terminals.
    private static string Shown(string path)
    {
        var text = path.Length <= 100 ? path : $"{path.AsSpan(0, 100)}…";
        return string.Concat(text.Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));
    }

    private static BundleException Invalid(string message) => new(BundleCodes.Invalid, message);

    private static BundleException Unsafe(string message) => new(BundleCodes.UnsafePath, message);
}
