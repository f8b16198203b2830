using System.Diagnostics.CodeAnalysis;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>Something is not as it must be after a crash.</summary>
internal sealed class CheckException(string message) : Exception(message)
{
    public static void Unless([DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
        {
            throw new CheckException(message);
        }
    }
}
