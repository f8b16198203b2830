namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// The limits that the guest can notice, so they are part of the input digest. Wall time is none of them: it never decides an
/// outcome that is signed.
/// </summary>
/// <param name="MemoryBytes">Most bytes of linear memory; a growth beyond it answers −1.</param>
/// <param name="Instructions">Most instructions, counted as Wasmtime fuel plus what host calls burn.</param>
/// <param name="StdoutBytes">Most bytes on stdout; more is <see cref="Outcome.OutputLimit"/>.</param>
/// <param name="StderrBytes">Most bytes on stderr; more is <see cref="Outcome.OutputLimit"/>.</param>
/// <param name="TableElements">Most elements of each table; a growth beyond it answers −1.</param>
public sealed record DeterministicLimits(long MemoryBytes, long Instructions, long StdoutBytes, long StderrBytes, long TableElements);
