using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>
/// The traps that are outcomes, by stable names of our own. A trap that is not in this table says nothing about the guest: it is
/// an engine fault.
/// </summary>
internal static class TrapNames
{
    /// <summary>Also of a pointer that the guest hands to the host instead of to an error number.</summary>
    public const string MemoryOutOfBounds = "memory-out-of-bounds";

    public static string? Of(TrapCode code) => code switch
    {
        TrapCode.Unreachable => "unreachable",
        TrapCode.MemoryOutOfBounds => MemoryOutOfBounds,
        TrapCode.TableOutOfBounds => "table-out-of-bounds",
        TrapCode.IndirectCallToNull => "indirect-call-to-null",
        TrapCode.BadSignature => "bad-signature",
        TrapCode.IntegerOverflow => "integer-overflow",
        TrapCode.IntegerDivisionByZero => "integer-division-by-zero",
        TrapCode.BadConversionToInteger => "bad-conversion-to-integer",
        _ => null,
    };
}
