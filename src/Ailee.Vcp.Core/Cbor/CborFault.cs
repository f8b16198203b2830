namespace Ailee.Vcp.Core.Cbor;

/// <summary>Why bytes are not one deterministically encoded CBOR item.</summary>
public enum CborFaultKind
{
    /// <summary>The bytes end inside an item.</summary>
    Truncated,

    /// <summary>Bytes follow the item.</summary>
    TrailingBytes,

    /// <summary>The item is CBOR, but not in the deterministic encoding of RFC 8949 §4.2.1, or uses floats.</summary>
    NotDeterministic,

    /// <summary>The bytes are not CBOR, or are nested deeper than any format here needs.</summary>
    Malformed,

    /// <summary>The item is deterministic CBOR of another shape than the format asks for.</summary>
    WrongShape,
}

/// <summary>A fault with a sentence for people; <paramref name="Detail"/> never quotes input bytes.</summary>
public sealed record CborFault(CborFaultKind Kind, string Detail);
