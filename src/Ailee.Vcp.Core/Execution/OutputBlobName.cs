using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Execution;

/// <summary>Names one of the blobs in an output record: a stream or a file.</summary>
public sealed record OutputBlobName
{
    private OutputBlobName(string? stream, string? file) => (Stream, File) = (stream, file);

    /// <summary>Standard output.</summary>
    public static OutputBlobName Stdout { get; } = new("stdout", null);

    /// <summary>Standard error.</summary>
    public static OutputBlobName Stderr { get; } = new("stderr", null);

    /// <summary>The stream's name; null for a file.</summary>
    public string? Stream { get; }

    /// <summary>The file's path; null for a stream.</summary>
    public string? File { get; }

    /// <summary>A file by its path in the record.</summary>
    public static OutputBlobName OfFile(string path) => new(null, path);

    /// <summary>Reads a name of which one half is given. Null if both are, or if there is no such stream; stdout if neither is.</summary>
    public static OutputBlobName? TryParse(string? stream, string? file) =>
        file is not null ? (stream is null ? OfFile(file) : null)
        : stream is null || stream == Stdout.Stream ? Stdout
        : stream == Stderr.Stream ? Stderr
        : null;

    /// <summary>What the record commits to under this name; null if it has no such file.</summary>
    public Blob? FindIn(OutputRecord record) =>
        File is not null ? record.Files.FirstOrDefault(file => file.Path == File)?.Content
        : this == Stderr ? record.Stderr
        : record.Stdout;

    /// <summary>For people: the stream, or the file's path in quotation marks. A guest chose it, so it is kept from steering a terminal.</summary>
    public override string ToString() => Stream ?? $"\"{string.Concat(File!.Select(letter => char.IsControl(letter) ? '\ufffd' : letter))}\"";
}
