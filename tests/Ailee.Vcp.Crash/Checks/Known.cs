using Ailee.Vcp.Core;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>What the clients of a server know: all that was acknowledged, and what they asked for without an answer.</summary>
internal sealed class Known
{
    public Dictionary<Digest, Uploaded> Modules { get; } = [];

    public Dictionary<Digest, Uploaded> Bundles { get; } = [];

    public List<Submitted> Tasks { get; } = [];

    /// <summary>Facts of tasks that were seen decided, by id.</summary>
    public Dictionary<string, string> Decided { get; } = [];

    /// <summary>Digests of statements that were served.</summary>
    public HashSet<Digest> Statements { get; } = [];

    /// <summary>The latest checkpoint that was served.</summary>
    public byte[]? Checkpoint { get; set; }

    /// <summary>The log's key, once it was served.</summary>
    public string? LogKey { get; set; }

    /// <summary>Rows that were committed, by table: none of them may ever change or go.</summary>
    public Dictionary<string, List<string>> Rows { get; } = [];

    /// <summary>API keys whose secrets were served.</summary>
    public List<ApiKeyKnown> Keys { get; } = [];

    /// <summary>Names of backups that were said to be taken.</summary>
    public HashSet<string> Backups { get; } = [];

    /// <summary>Keys of the logs that ended with a restore, the last one last.</summary>
    public List<string> PastLogKeys { get; } = [];

    /// <summary>Nodes and the standing that was acknowledged; null where a change was not.</summary>
    public Dictionary<NodeId, string?> Standings { get; } = [];

    /// <summary>Another log begins, on a backup.</summary>
    public void BeginAnotherLog()
    {
        PastLogKeys.Add(LogKey!);
        (LogKey, Checkpoint) = (null, null);
        Rows.Remove("log_entries");
    }
}
