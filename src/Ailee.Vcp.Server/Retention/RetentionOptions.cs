namespace Ailee.Vcp.Server.Retention;

/// <summary>How long the bytes of finished tasks are kept. Statements, the log and the ledger are kept for ever.</summary>
public sealed class RetentionOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Retention";

    private const int MostHours = 876_000;

    /// <summary>How long outputs and files of finished tasks are kept. Unit: hours. Default 0: for ever. Range 0 to 876 000.</summary>
    public int OutputHours { get; set; }

    /// <summary>How long traces of finished tasks are kept. Unit: hours. Default 0: for ever. Range 0 to 876 000.</summary>
    public int TraceHours { get; set; }

    /// <summary>How long inputs of finished tasks are kept. Without them nothing can be run again here. Unit: hours. Default 0: for ever. Range 0 to 876 000.</summary>
    public int InputHours { get; set; }

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems() =>
        from option in new[] { (Name: nameof(OutputHours), Hours: OutputHours), (Name: nameof(TraceHours), Hours: TraceHours), (Name: nameof(InputHours), Hours: InputHours) }
        where option.Hours is < 0 or > MostHours
        select $"{Section}:{option.Name} must be between 0 and {MostHours}.";
}
