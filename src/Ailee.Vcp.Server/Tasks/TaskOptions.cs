namespace Ailee.Vcp.Server.Tasks;

/// <summary>How many tasks the server holds, and how often it tries.</summary>
public sealed class TaskOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Tasks";

    /// <summary>Undecided tasks that the server holds; more are refused with 503. Unit: tasks. Default 10 000. Range 1 to 1 000 000.</summary>
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>
    /// Undecided tasks of one submitter, so that none fills the queue alone; more are refused with 429, and so are more than there are free places. It does not hold without API keys.
    /// Unit: tasks. Default 5 000. Range 1 to 1 000 000.
    /// </summary>
    public int QueueCapacityPerSubmitter { get; set; } = 5_000;

    /// <summary>Tries of one task, after faults of the engine, refused statements and leases that ran out; ten that a stop of the server lost count as one. Unit: attempts. Default 5. Range 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Wait before a task is tried again; doubled with each try up to a minute. Unit: milliseconds. Default 1000. Range 0 to 60 000.</summary>
    public int RetryDelayMs { get; set; } = 1000;

    /// <summary>Share of the results that one node of another owner decided which the built-in node runs again, to see whether they are right. Mode <c>adaptive</c> has a rate of its own. Default 0.05. Range 0 to 1.</summary>
    public double AuditRate { get; set; } = 0.05;

    /// <summary>How long an auction takes bids. Unit: milliseconds. Default 2000. Range 10 to 600 000.</summary>
    public int AuctionMs { get; set; } = 2000;

    /// <summary>
    /// How long a server that was told to stop lets guests that run come to their end; no other is started meanwhile. What is not done by then
    /// is run again after the next start. Unit: seconds. Default 5. Range 0 to 3600.
    /// </summary>
    public int DrainSeconds { get; set; } = 5;

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

        if (RetryDelayMs is < 0 or > 60_000)
        {
            yield return $"{Section}:{nameof(RetryDelayMs)} must be between 0 and 60000.";
        }

        if (AuctionMs is < 10 or > 600_000)
        {
            yield return $"{Section}:{nameof(AuctionMs)} must be between 10 and 600000.";
        }

        if (DrainSeconds is < 0 or > 3600)
        {
            yield return $"{Section}:{nameof(DrainSeconds)} must be between 0 and 3600.";
        }

        if (AuditRate is not (>= 0 and <= 1))
        {
            yield return $"{Section}:{nameof(AuditRate)} must be between 0 and 1.";
        }
    }
}
