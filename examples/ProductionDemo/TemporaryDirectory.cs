namespace Ailee.Vcp.ProductionDemo;

/// <summary>A directory that is removed in the end, unless it is to be kept.</summary>
internal sealed class TemporaryDirectory(bool keep) : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vcp-demo-").FullName;

    public void Dispose()
    {
        if (!keep)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
