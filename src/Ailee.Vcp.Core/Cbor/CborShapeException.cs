namespace Ailee.Vcp.Core.Cbor;

/// <summary>Carries a <see cref="CborFault"/> out of a decoder; caught where decoding starts, never seen by callers.</summary>
internal sealed class CborShapeException(CborFault fault) : Exception(fault.Detail)
{
    public CborFault Fault { get; } = fault;
}
