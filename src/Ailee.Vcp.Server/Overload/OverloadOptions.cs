namespace Ailee.Vcp.Server.Overload;

/// <summary>How much is done at once, and when the server takes no more work.</summary>
public sealed class OverloadOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Overload";

    private const int Most = 1_000_000;

    /// <summary>Requests of clients at once, without those that wait; more are refused with 503. Unit: requests. Default 1024. Range 1 to 1 000 000.</summary>
    public int Requests { get; set; } = 1024;

    /// <summary>
    /// Those of one API key; more are refused with 429, also before that if others have the rest. It does not hold without API keys. Unit: requests.
    /// Default 512. Range 1 to 1 000 000.
    /// </summary>
    public int RequestsPerCaller { get; set; } = 512;

    /// <summary>Requests of clients that wait for something to happen, streams of events among them; more are refused with 503. Unit: requests. Default 10 000. Range 1 to 1 000 000.</summary>
    public int WaitingRequests { get; set; } = 10_000;

    /// <summary>Those of one API key; more are refused with 429. It does not hold without API keys. Unit: requests. Default 1000. Range 1 to 1 000 000.</summary>
    public int WaitingRequestsPerCaller { get; set; } = 1000;

    /// <summary>Requests of nodes at once, those that wait among them; more are refused with 503. Unit: requests. Default 30 000. Range 1 to 1 000 000.</summary>
    public int NodeRequests { get; set; } = 30_000;

    /// <summary>Reads of the log, metrics and pages at once; more are refused with 503. Unit: requests. Default 256. Range 1 to 1 000 000.</summary>
    public int PublicRequests { get; set; } = 256;

    /// <summary>New work is refused while every submission waits longer than this to be stored. Unit: milliseconds. Default 500. Range 10 to 60 000.</summary>
    public int CommitDelayMs { get; set; } = 500;

    /// <summary>New work is refused while less than this is free on the data directory's disk, until there is a quarter more. Unit: bytes. Default 256 MiB. Range 0 (never) to 1 TiB.</summary>
    public long FreeStorageBytes { get; set; } = 256L << 20;

    /// <summary>New work is refused while less than this is free of the machine's memory, or of the control group's, until there is a quarter more. Unit: bytes. Default 128 MiB. Range 0 (never) to 1 TiB.</summary>
    public long FreeMemoryBytes { get; set; } = 128L << 20;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value, long Least, long Greatest)[] values =
        [
            (nameof(Requests), Requests, 1, Most),
            (nameof(RequestsPerCaller), RequestsPerCaller, 1, Most),
            (nameof(WaitingRequests), WaitingRequests, 1, Most),
            (nameof(WaitingRequestsPerCaller), WaitingRequestsPerCaller, 1, Most),
            (nameof(NodeRequests), NodeRequests, 1, Most),
            (nameof(PublicRequests), PublicRequests, 1, Most),
            (nameof(CommitDelayMs), CommitDelayMs, 10, 60_000),
            (nameof(FreeStorageBytes), FreeStorageBytes, 0, 1L << 40),
            (nameof(FreeMemoryBytes), FreeMemoryBytes, 0, 1L << 40),
        ];
        return values
            .Where(item => item.Value < item.Least || item.Value > item.Greatest)
            .Select(item => $"{Section}:{item.Name} must be between {item.Least} and {item.Greatest}.");
    }
}
