using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>Tasks to run.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskBatchRequest
{
    /// <summary>Most tasks of a batch.</summary>
    public const int Most = 1000;

    /// <summary>The tasks, 1 to <see cref="Most"/>.</summary>
    public required IReadOnlyList<TaskRequest> Tasks { get; init; }
}

/// <summary>What became of a batch.</summary>
/// <param name="Accepted">How many tasks were taken.</param>
/// <param name="Refused">How many were not.</param>
/// <param name="Items">One for each, in their order.</param>
public sealed record TaskBatchView(int Accepted, int Refused, IReadOnlyList<TaskBatchItem> Items);

/// <summary>What became of a task of a batch.</summary>
/// <param name="Id">The task; absent if it was refused.</param>
/// <param name="Problem">Why it was refused; absent if it was taken.</param>
public sealed record TaskBatchItem(string? Id, ProblemView? Problem);
