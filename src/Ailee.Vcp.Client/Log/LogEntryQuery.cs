namespace Ailee.Vcp.Client.Log;

/// <summary>Which entries are looked for; members that are null do not narrow the search.</summary>
public sealed record LogEntryQuery
{
    /// <summary>Id of the statement.</summary>
    public string? Statement { get; init; }

    /// <summary>The task.</summary>
    public string? Task { get; init; }

    /// <summary>Digest of the module.</summary>
    public string? Module { get; init; }

    /// <summary>Digest of the invocation.</summary>
    public string? Input { get; init; }

    /// <summary>Digest of the output record.</summary>
    public string? Output { get; init; }

    /// <summary>The node.</summary>
    public string? Node { get; init; }

    /// <summary>Kind of the statement.</summary>
    public string? Kind { get; init; }

    /// <summary>Most entries in the answer; the server has a default.</summary>
    public int? Limit { get; init; }

    /// <summary><see cref="Page{T}.Next"/> of the part before.</summary>
    public string? After { get; init; }
}
