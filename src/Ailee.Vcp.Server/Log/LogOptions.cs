using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Server.Log;

/// <summary>The transparency log.</summary>
public sealed class LogOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Log";

    /// <summary>Longest origin in characters: receipts carry it.</summary>
    private const int MaxOrigin = 64;

    private const int MaxWitnessed = 256;

    // A note has at most 64 signatures.
    private const int MaxWitnesses = 16;

    /// <summary>Unique name of the log, such as <c>vcp.example.org/log</c>. Default: <c>urn:vcp:log:</c> and the thumbprint of its key. Fixed once the log is begun.</summary>
    public string? Origin { get; set; }

    /// <summary>File of the log's key, 32 bytes. Default: <c>log.key</c> in the data directory. Made if it is missing and the log is not begun.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Least milliseconds between two checkpoints. Default 100. Range 1 to 1000.</summary>
    public int CheckpointIntervalMs { get; set; } = 100;

    /// <summary>
    /// File on another volume that holds the highest checkpoint that was served, so that an older copy of the data directory is noticed.
    /// Default: none.
    /// </summary>
    public string? GuardPath { get; set; }

    /// <summary>Name under which this server cosigns checkpoints of other logs, such as <c>vcp.example.org/witness</c>. Default: none; it is then no witness.</summary>
    public string? WitnessName { get; set; }

    /// <summary>C2SP verifier keys of the logs that this server witnesses. At most 256. Default: none.</summary>
    public string[] WitnessFor { get; set; } = [];

    /// <summary>Witnesses of this log. At most 16. Default: none.</summary>
    public WitnessOptions[] Witnesses { get; set; } = [];

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

        if (GuardPath is not null && string.IsNullOrWhiteSpace(GuardPath))
        {
            yield return $"{Section}:{nameof(GuardPath)} must name a file.";
        }

        foreach (var problem in WitnessProblems())
        {
            yield return problem;
        }

        if (CheckpointIntervalMs is < 1 or > 1000)
        {
            yield return $"{Section}:{nameof(CheckpointIntervalMs)} must be between 1 and 1000.";
        }
    }

    private IEnumerable<string> WitnessProblems()
    {
        if (WitnessName is not null && !SignedNote.IsKeyName(WitnessName))
        {
            yield return $"{Section}:{nameof(WitnessName)} must be a name without white space and '+'.";
        }

        if (WitnessFor.Length > MaxWitnessed || WitnessFor.Any(text => !NoteKey.TryParse(text, out var key) || key.Type != NoteKeyType.Log))
        {
            yield return $"{Section}:{nameof(WitnessFor)} must be at most {MaxWitnessed} C2SP verifier keys of logs.";
        }

        if (WitnessFor.Length > 0 && WitnessName is null)
        {
            yield return $"{Section}:{nameof(WitnessFor)} needs {Section}:{nameof(WitnessName)}.";
        }

        if (Witnesses.Length > MaxWitnesses || Witnesses.DistinctBy(witness => witness.Key).Count() < Witnesses.Length)
        {
            yield return $"{Section}:{nameof(Witnesses)} must be at most {MaxWitnesses}, each with a key of its own.";
        }

        for (var i = 0; i < Witnesses.Length; i++)
        {
            if (!Uri.TryCreate(Witnesses[i].Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length + url.Fragment.Length > 0)
            {
                yield return $"{Section}:{nameof(Witnesses)}:{i}:{nameof(WitnessOptions.Url)} must be an http or https address without query.";
            }

            if (!NoteKey.TryParse(Witnesses[i].Key, out var key) || key.Type != NoteKeyType.Witness)
            {
                yield return $"{Section}:{nameof(Witnesses)}:{i}:{nameof(WitnessOptions.Key)} must be the C2SP verifier key of a witness.";
            }
        }
    }
}
