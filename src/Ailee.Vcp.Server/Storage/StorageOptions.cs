namespace Ailee.Vcp.Server.Storage;

/// <summary>Where the server keeps what it must not lose.</summary>
public sealed class StorageOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>Directory of the database, keys and caches. Default <c>./data</c> under the working directory. Made with mode 0700 if it is missing.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(DataDirectory))
        {
            yield return $"{Section}:{nameof(DataDirectory)} must name a directory.";
        }
    }
}
