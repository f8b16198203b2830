using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Cli;

/// <summary>
/// Exit codes that scripts can use. <c>run</c> and <c>submit</c> exit with the guest's own code when it exited, and otherwise
/// with one of these, which programs rarely use themselves.
/// </summary>
internal static class ExitCodes
{
    /// <summary>Done; for <c>verify</c>: valid; for <c>log fsck</c> and <c>ledger check</c>: sound; for <c>trace diff</c>: the traces are equal.</summary>
    public const int Success = 0;

    /// <summary><c>verify</c>: a check failed; <c>log fsck</c>, <c>ledger check</c>, <c>backup</c>, <c>restore</c>: something is wrong; <c>trace diff</c>: the traces differ.</summary>
    public const int Invalid = 1;

    /// <summary><c>log follow</c>: the log has forked, went back, does not prove what it signed, or is not signed by its key.</summary>
    public const int Alarm = 2;

    /// <summary><c>verify --replay</c>: the statement is of another engine version or configuration than this program has.</summary>
    public const int ProfileUnavailable = 3;

    /// <summary>The guest used up its instructions.</summary>
    public const int OutOfFuel = 120;

    /// <summary>The guest wrote more than it may.</summary>
    public const int OutputLimit = 121;

    /// <summary>Nobody can say what the guest would have done: timeout, stack overflow, engine fault, cancelled.</summary>
    public const int Inconclusive = 122;

    /// <summary>This program could not do its part: bad usage, a file, the module, or the server.</summary>
    public const int Failure = 125;

    /// <summary>The guest trapped, as the wasmtime CLI says it (128 + SIGABRT).</summary>
    public const int Trapped = 134;

    /// <summary>The exit code for what a guest did.</summary>
    public static int Of(string outcome, long? exitCode) =>
        outcome == Outcome.Completed.ToName() ? (int)((exitCode ?? 0) & 0xff)
        : outcome == Outcome.Trapped.ToName() ? Trapped
        : outcome == Outcome.OutOfFuel.ToName() ? OutOfFuel
        : OutputLimit;
}
