namespace Ailee.Vcp.Server.Dispatch;

/// <summary>A task's place among those of its submitter, the lowest first; fixed once and for all, so that a task ages by what comes after it.</summary>
/// <param name="Key">Its tag, less what its priority is worth.</param>
/// <param name="Tag">Which of its submitter's tasks it is, counted from where the submitter was served.</param>
/// <param name="Number">Counts all tasks; settles ties.</param>
internal readonly record struct DemandTurn(long Key, long Tag, long Number) : IComparable<DemandTurn>
{
    public int CompareTo(DemandTurn other) => Key != other.Key ? Key.CompareTo(other.Key) : Number.CompareTo(other.Number);
}
