using System.Text;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Http;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>Bounds of what people and nodes say of a node.</summary>
internal static class NodeFields
{
    private const int MaxSlots = 256;
    private const int MaxLabels = 32;
    private const int MaxValueBytes = 256;
    private const int MaxTextBytes = 128;
    private const long MaxMemoryBytes = 1L << 50;
    private const long MaxPrice = 1_000_000_000_000;

    /// <summary>Null if a name is one.</summary>
    public static Problem? CheckName(string? name) =>
        name is null || OwnerId.TryParse(name, out _) ? null : Wrong($"name must be 1 to {OwnerId.MostBytes} bytes of UTF-8 without control characters.");

    /// <summary>Null if an owner is one.</summary>
    public static Problem? CheckOwner(string owner) =>
        OwnerId.TryParse(owner, out _) ? null : Wrong($"owner must be 1 to {OwnerId.MostBytes} bytes of UTF-8 without control characters.");

    /// <summary>Null if a reason can be logged.</summary>
    public static Problem? CheckReason(string reason) =>
        IsText(reason, 1, OrchestratorPayload.MaxTextBytes) ? null : Wrong($"reason must be 1 to {OrchestratorPayload.MaxTextBytes} bytes of UTF-8 without control characters.");

    /// <summary>Null if capabilities are within their bounds.</summary>
    public static Problem? Check(NodeCapabilities capabilities) =>
        !Digest.TryParse(capabilities.Profile, out _) ? Wrong("profile must be 'sha256:' and 64 lowercase hexadecimal digits.")
        : new[] { capabilities.Engine, capabilities.Architecture, capabilities.System, capabilities.Version }.Any(text => !IsText(text, 1, MaxTextBytes))
            ? Wrong($"engine, architecture, system and version must each be 1 to {MaxTextBytes} bytes of UTF-8 without control characters.")
        : capabilities.Slots is < 1 or > MaxSlots ? Wrong($"slots must be between 1 and {MaxSlots}.")
        : capabilities.MemoryBytes is < 1 or > MaxMemoryBytes ? Wrong($"memoryBytes must be between 1 and {MaxMemoryBytes}.")
        : capabilities.Price is < 0 or > MaxPrice ? Wrong($"price must be between 0 and {MaxPrice}.")
        : capabilities.Labels.Count > MaxLabels || capabilities.Labels.Any(label => !OwnerId.TryParse(label.Key, out _) || !IsText(label.Value, 0, MaxValueBytes))
            ? Wrong($"labels must be at most {MaxLabels} names of 1 to {OwnerId.MostBytes} bytes, with values of at most {MaxValueBytes} bytes.")
        : null;

    private static Problem Wrong(string detail) => Problems.NodeInvalid.Because(detail);

    private static bool IsText(string? text, int least, int most) =>
        text is not null && text.Length <= most && Encoding.UTF8.GetByteCount(text) is var bytes && bytes >= least && bytes <= most
        && !text.Any(char.IsControl);
}
