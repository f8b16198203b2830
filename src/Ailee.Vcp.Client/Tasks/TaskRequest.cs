using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>A task to run. The same request gives the same run: seed and clock have fixed defaults.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskRequest
{
    /// <summary>Digest of an uploaded module.</summary>
    public required string Module { get; init; }

    /// <summary>The export to call. Default: <c>_start</c>, which makes it a command; any other is a function.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>
    /// A command's argv[1…] as strings, or an exported function's arguments: numbers for i32, strings for i64, f32 and f64. None for a
    /// function that takes <see cref="Input"/>.
    /// </summary>
    [JsonConverter(typeof(ArgumentListConverter))]
    public IReadOnlyList<JsonElement>? Args { get; init; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Stdin. A function that has one, even an empty one, takes these bytes and returns bytes, which are on stdout then.</summary>
    public TaskInput? Input { get; init; }

    /// <summary>Digest of an uploaded bundle, the read-only tree under the guest's file system. Default: an empty one.</summary>
    public string? Bundle { get; init; }

    /// <summary>Patterns of the files to bring back (docs/design/bundle.md, "Outputs"). Default: none.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>Where random numbers come from: 64 hexadecimal digits. Default: zeros.</summary>
    public string? Seed { get; init; }

    /// <summary>Where the guest's clock starts, 1970 or later, with its offset from UTC (RFC 3339). Default: 2000-01-01T00:00:00Z.</summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? Clock { get; init; }

    /// <summary>Lower limits than the server's.</summary>
    public TaskLimits? Limits { get; init; }

    /// <summary>How sure the answer must be. Default: one run.</summary>
    public TaskAssurance? Assurance { get; init; }

    /// <summary>Where it may run, and how the node is chosen. Default: anywhere, weighted.</summary>
    public TaskSelection? Selection { get; init; }

    /// <summary>0 to 9, the highest first. Default: 5.</summary>
    public int? Priority { get; init; }

    /// <summary>Most tries. Range 1 to the server's. Default: the server's.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The submitter's own: at most 32 names of 1 to 64 bytes with values of at most 256 bytes. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Bytes for stdin: exactly one of the two.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskInput
{
    /// <summary>Text, sent as UTF-8.</summary>
    public string? Text { get; init; }

    /// <summary>Bytes in base64.</summary>
    public string? Base64 { get; init; }
}

/// <summary>Limits of one task; each may only be lower than the server's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskLimits
{
    /// <summary>Most linear memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Wall time in milliseconds.</summary>
    public int? TimeoutMs { get; init; }

    /// <summary>Most instructions.</summary>
    public long? Instructions { get; init; }

    /// <summary>Most bytes in files that the guest makes or changes, and that come back.</summary>
    public long? ScratchBytes { get; init; }
}
