using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>Why a node is in safe mode: names for metrics, sentences for people, in the same order.</summary>
internal sealed record SafeModeReasons(IReadOnlyList<string> Names, IReadOnlyList<string> Sentences)
{
    /// <summary>It is not.</summary>
    public static SafeModeReasons None { get; } = new([], []);

    /// <summary>The limits that the node is beyond, then what else was found.</summary>
    public static SafeModeReasons Of(SafetyState safety, SortedDictionary<string, string> marks) => safety.Breaches.Count + marks.Count == 0
        ? None
        : new([.. safety.Breaches.Select(breach => breach.Name), .. marks.Keys], [.. safety.Breaches.Select(breach => breach.Reason), .. marks.Values]);

    /// <summary>Whether both say the same.</summary>
    public bool SameAs(SafeModeReasons other) => Sentences.SequenceEqual(other.Sentences);
}
