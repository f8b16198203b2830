namespace Ailee.Vcp.Server.Http;

/// <summary>What connections may cost, and which pages of other origins may call.</summary>
public sealed class HttpOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Http";

    private const int MostOrigins = 64;

    /// <summary>Connections at once; further ones are closed as they come. Unit: connections. Default 20 000. Range 1 to 1 000 000.</summary>
    public int Connections { get; set; } = 20_000;

    /// <summary>Headers of a request together. Unit: bytes. Default 32 KiB. Range 4 KiB to 1 MiB.</summary>
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>How long a client may take to send its headers. Unit: milliseconds. Default 15 000. Range 1000 to 600 000.</summary>
    public int HeadersTimeoutMs { get; set; } = 15_000;

    /// <summary>How long a connection may lie idle between two requests. Unit: milliseconds. Default 130 000. Range 1000 to 3 600 000.</summary>
    public int IdleTimeoutMs { get; set; } = 130_000;

    /// <summary>
    /// Slowest rate, after five seconds, at which a client may send a body or take an answer; one that is slower is disconnected. Unit: bytes a second.
    /// Default 240. Range 0 (no limit) to 1 048 576.
    /// </summary>
    public int BytesPerSecond { get; set; } = 240;

    /// <summary>Requests at once on one connection of HTTP/2. Unit: requests. Default 100. Range 1 to 1000.</summary>
    public int StreamsPerConnection { get; set; } = 100;

    /// <summary>
    /// Origins of other web pages whose scripts may call and read answers, such as <c>https://console.example.org</c>. Default none. They need a key
    /// as everybody does; while no key is needed none of them may.
    /// </summary>
    public string[] Origins { get; set; } = [];

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (Connections is < 1 or > 1_000_000)
        {
            yield return $"{Section}:{nameof(Connections)} must be between 1 and 1000000.";
        }

        if (HeaderBytes is < 4096 or > 1024 * 1024)
        {
            yield return $"{Section}:{nameof(HeaderBytes)} must be between 4096 and 1048576.";
        }

        if (HeadersTimeoutMs is < 1000 or > 600_000)
        {
            yield return $"{Section}:{nameof(HeadersTimeoutMs)} must be between 1000 and 600000.";
        }

        if (IdleTimeoutMs is < 1000 or > 3_600_000)
        {
            yield return $"{Section}:{nameof(IdleTimeoutMs)} must be between 1000 and 3600000.";
        }

        if (BytesPerSecond is < 0 or > 1024 * 1024)
        {
            yield return $"{Section}:{nameof(BytesPerSecond)} must be between 0 and 1048576.";
        }

        if (StreamsPerConnection is < 1 or > 1000)
        {
            yield return $"{Section}:{nameof(StreamsPerConnection)} must be between 1 and 1000.";
        }

        if (Origins.Length > MostOrigins)
        {
            yield return $"{Section}:{nameof(Origins)} must name at most {MostOrigins} origins.";
        }

        foreach (var origin in Origins.Where(origin => !IsOrigin(origin)))
        {
            yield return $"{Section}:{nameof(Origins)} has '{origin}', which is no origin: it must be a scheme, host and port as browsers send them, such as https://console.example.org.";
        }
    }

    // As a browser spells it: no path, no default port, lowercase.
    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == origin && uri.UserInfo.Length == 0;
}
