namespace Ailee.Vcp.Server.Tasks;

/// <summary>How many tasks the server holds, and how often it tries.</summary>
public sealed class TaskOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Tasks";

    /// <summary>Undecided tasks that the server holds; more are refused with 503. Unit: tasks. Default 10 000. Range 1 to 1 000 000.</summary>
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>
    /// Undecided tasks of one submitter, so that none fills the queue alone; more are refused with 503. It does not hold without API keys.
    /// Unit: tasks. Default 5 000. Range 1 to 1 000 000.
    /// </summary>
    public int QueueCapacityPerSubmitter { get; set; } = 5_000;

    /// <summary>Tries of one task, after faults of the engine and refused statements; ten that a stop of the server lost count as one. Unit: attempts. Default 5. Range 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (QueueCapacity is < 1 or > 1_000_000)
        {
            yield return $"{Section}:{nameof(QueueCapacity)} must be between 1 and 1000000.";
        }

        if (QueueCapacityPerSubmitter is < 1 or > 1_000_000)
        {
            yield return $"{Section}:{nameof(QueueCapacityPerSubmitter)} must be between 1 and 1000000.";
        }

        if (MaxAttempts is < 1 or > 100)
        {
            yield return $"{Section}:{nameof(MaxAttempts)} must be between 1 and 100.";
        }
    }
}
