using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Server.Log;

/// <summary>The transparency log.</summary>
public sealed class LogOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Log";

    /// <summary>Longest origin in characters: receipts carry it.</summary>
    private const int MaxOrigin = 64;

    /// <summary>Unique name of the log, such as <c>vcp.example.org/log</c>. Default: <c>urn:vcp:log:</c> and the thumbprint of its key. Fixed once the log is begun.</summary>
    public string? Origin { get; set; }

    /// <summary>File of the log's key, 32 bytes. Default: <c>log.key</c> in the data directory. Made if it is missing and the log is not begun.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Least milliseconds between two checkpoints. Default 100. Range 1 to 1000.</summary>
    public int CheckpointIntervalMs { get; set; } = 100;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (Origin is not null && (!SignedNote.IsKeyName(Origin) || Origin.Length > MaxOrigin || Origin.Any(character => !char.IsAscii(character))))
        {
            yield return $"{Section}:{nameof(Origin)} must be 1 to {MaxOrigin} ASCII characters without white space and '+'.";
        }

        if (KeyFile is not null && string.IsNullOrWhiteSpace(KeyFile))
        {
            yield return $"{Section}:{nameof(KeyFile)} must name a file.";
        }

        if (CheckpointIntervalMs is < 1 or > 1000)
        {
            yield return $"{Section}:{nameof(CheckpointIntervalMs)} must be between 1 and 1000.";
        }
    }
}
