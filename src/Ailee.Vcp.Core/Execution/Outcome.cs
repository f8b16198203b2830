namespace Ailee.Vcp.Core.Execution;

/// <summary>What the guest did. Deterministic, so it is signed. The numbers are those of the statement.</summary>
public enum Outcome
{
    /// <summary>The entrypoint returned, or the program exited, whatever its exit code.</summary>
    Completed = 0,

    /// <summary>A trap ended the guest.</summary>
    Trapped = 1,

    /// <summary>The guest used up its instructions.</summary>
    OutOfFuel = 2,

    /// <summary>The guest wrote more to stdout or stderr, or left more in the files to bring back, than it may; what fits was kept.</summary>
    OutputLimit = 3,
}

/// <summary>The spelling of outcomes in JSON, metrics and documents.</summary>
public static class OutcomeNames
{
    /// <summary>The stable name: <c>completed</c>, <c>trapped</c>, <c>out-of-fuel</c> or <c>output-limit</c>.</summary>
    public static string ToName(this Outcome outcome) => outcome switch
    {
        Outcome.Completed => "completed",
        Outcome.Trapped => "trapped",
        Outcome.OutOfFuel => "out-of-fuel",
        Outcome.OutputLimit => "output-limit",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The outcome with a stable name, or null.</summary>
    public static Outcome? Find(string name)
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            if (outcome.ToName() == name)
            {
                return outcome;
            }
        }

        return null;
    }
}
