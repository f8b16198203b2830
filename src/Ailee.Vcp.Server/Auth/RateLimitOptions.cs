namespace Ailee.Vcp.Server.Auth;

/// <summary>How many requests there may be in a minute. They hold where calls need keys. Each has a minute's worth to begin with.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "RateLimits";

    private const long Most = 100_000_000;

    /// <summary>Requests of a key that has no limit of its own, or of a token's subject. Unit: requests a minute. Default 60 000. Range 1 to 100 000 000.</summary>
    public long KeyRequestsPerMinute { get; set; } = 60_000;

    /// <summary>Requests without a key of an address. Unit: requests a minute. Default 60 000. Range 1 to 100 000 000.</summary>
    public long AnonymousRequestsPerMinute { get; set; } = 60_000;

    /// <summary>Calls of a node by its session. Unit: requests a minute. Default 600 000. Range 1 to 100 000 000.</summary>
    public long NodeRequestsPerMinute { get; set; } = 600_000;

    /// <summary>Keys and tokens of an address that are refused before it has to wait. Unit: requests a minute. Default 60. Range 1 to 100 000 000.</summary>
    public long FailuresPerMinute { get; set; } = 60;

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value)[] rates =
        [
            (nameof(KeyRequestsPerMinute), KeyRequestsPerMinute),
            (nameof(AnonymousRequestsPerMinute), AnonymousRequestsPerMinute),
            (nameof(NodeRequestsPerMinute), NodeRequestsPerMinute),
            (nameof(FailuresPerMinute), FailuresPerMinute),
        ];
        return from rate in rates
               where rate.Value is < 1 or > Most
               select $"{Section}:{rate.Name} must be between 1 and {Most}.";
    }
}
