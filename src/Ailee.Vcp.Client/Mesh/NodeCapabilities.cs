using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>What a node says that it can do, at its enrolment and at the start of each session. The latest counts.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NodeCapabilities
{
    /// <summary>Digest of its profile, <c>sha256:&lt;hex&gt;</c>. Tasks are only leased to nodes of the server's own.</summary>
    public required string Profile { get; init; }

    /// <summary>Engine and version.</summary>
    public required string Engine { get; init; }

    /// <summary>Processor architecture: <c>x64</c>, <c>arm64</c>, …</summary>
    public required string Architecture { get; init; }

    /// <summary>Operating system and its version, for people.</summary>
    public required string System { get; init; }

    /// <summary>Guests that it runs at once. Range 1 to 256.</summary>
    public required int Slots { get; init; }

    /// <summary>Linear memory that it gives one guest. Unit: bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>What tasks may ask for: at most 32 names of 1 to 64 bytes, values of at most 256 bytes.</summary>
    // What is absent from JSON is set to null.
    public IReadOnlyDictionary<string, string> Labels { get => field ?? new Dictionary<string, string>(); init; }

    /// <summary>What it bids in auctions. Unit: micro-credits for 10^6 gas. Null: it does not bid.</summary>
    public long? Price { get; init; }
}
