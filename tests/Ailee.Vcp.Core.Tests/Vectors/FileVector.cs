namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>A file whose bytes are <paramref name="PatternHex"/> repeated and cut at <paramref name="Length"/>.</summary>
internal sealed record FileVector(string Path, string PatternHex, int Length)
{
    private const int PatternBytes = 16;

    public static FileVector Of(string path, byte[] data)
    {
        var pattern = data.Length > PatternBytes && data.All(value => value == data[0]) ? data[..1] : data;
        return new FileVector(path, VectorFile.Hex(pattern), data.Length);
    }

    public byte[] Data()
    {
        var pattern = VectorFile.Bytes(PatternHex);
        return [.. Enumerable.Range(0, Length).Select(index => pattern[index % pattern.Length])];
    }
}
