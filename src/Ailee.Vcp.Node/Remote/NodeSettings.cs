using System.Text.Json;
using System.Text.Json.Serialization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Remote;

/// <summary>What a node remembers of its enrolment, and what it offers; <c>node.json</c> in its directory.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NodeSettings
{
    /// <summary>The server's address.</summary>
    public required Uri Server { get; init; }

    /// <summary>The node's id.</summary>
    public required string Node { get; init; }

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Origin of the server's log, as it was at the enrolment.</summary>
    public required string Origin { get; init; }

    /// <summary>The log's key, a C2SP verifier key, as it was at the enrolment. A server with another one is not the same.</summary>
    public required string LogKey { get; init; }

    /// <summary>Guests that run at once. Default 0: one for each core. Range 0 to 256.</summary>
    public int Slots { get; init; }

    /// <summary>Linear memory of one guest. Unit: bytes. Default 512 MiB. Range 64 KiB to 4 GiB.</summary>
    public long MemoryBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>What tasks may ask for.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What the node bids in auctions. Unit: micro-credits for 10^6 gas. Null: it does not bid. Range 0 to 10^12.</summary>
    public long? Price { get; init; }

    /// <summary>Carbon intensity of the machine's electricity. Unit: g/kWh. Null: not known. Range 0 to 10 000.</summary>
    public double? CarbonGramsPerKwh { get; init; }

    /// <summary>How the node and the server know each other's connections. Null: by what the machine trusts.</summary>
    public NodeTls? Tls { get; init; }

    /// <summary>Reads the settings; null if there are none.</summary>
    /// <exception cref="InvalidDataException">The file is something else.</exception>
    public static NodeSettings? Read(NodeDirectory directory)
    {
        if (StoredFile.TryRead(directory.Settings) is not { } bytes)
        {
            return null;
        }

        NodeSettings? settings;
        try
        {
            settings = JsonSerializer.Deserialize(bytes, NodeJson.Default.NodeSettings);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{directory.Settings} cannot be read: {exception.Message}");
        }

        return settings?.Problem() is { } problem ? throw new InvalidDataException($"{directory.Settings}: {problem}") : settings;
    }

    /// <summary>Stores the settings: the whole of them or those before.</summary>
    public void Write(NodeDirectory directory) => SecretFile.Write(directory.Settings, [.. JsonSerializer.SerializeToUtf8Bytes(this, NodeJson.Default.NodeSettings), (byte)'\n']);

    /// <summary>The log's key.</summary>
    internal NoteKey ParseLogKey() => NoteKey.TryParse(LogKey, out var key) && key.Type == NoteKeyType.Log ? key : throw new InvalidDataException("logKey is no log's verifier key.");

    private string? Problem() =>
        !Server.IsAbsoluteUri || Server.Scheme is not ("http" or "https") ? "server is no http or https address."
        : !NodeId.TryParse(Node, out _) ? "node is no node's id."
        : !NoteKey.TryParse(LogKey, out var key) || key.Type != NoteKeyType.Log || key.Name != Origin ? "logKey is no verifier key of the log that origin names."
        : Slots is < 0 or > 256 ? "slots must be 0 to 256."
        : MemoryBytes is < 64 * 1024 or > 4L << 30 ? "memoryBytes must be 65536 to 4294967296."
        : Tls?.Problem() is { } tls ? $"tls: {tls}"
        : CarbonGramsPerKwh is not (null or >= 0 and <= 10_000) ? "carbonGramsPerKwh must be 0 to 10000."
        : Price is < 0 or > 1_000_000_000_000 ? "price must be 0 to 1000000000000."
        : null;
}

/// <summary>The JSON of a node's own files.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(NodeSettings))]
internal sealed partial class NodeJson : JsonSerializerContext;
