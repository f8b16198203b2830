namespace Ailee.Vcp.Server.Overload;

/// <summary>Whether too little is left of something. It takes a quarter more than the bound to be enough again, so that it does not flicker.</summary>
/// <param name="least">What must be left; 0 for nothing.</param>
internal sealed class Watermark(long least)
{
    /// <summary>Whether too little is left.</summary>
    public bool IsLow { get; private set; }

    /// <summary>Takes what is left now; null, which is not known, changes nothing.</summary>
    /// <returns>Whether it came to be low, or enough.</returns>
    public bool Take(long? left)
    {
        var before = IsLow;
        IsLow = left is null ? before : left < (before ? least + (least / 4) : least);
        return IsLow != before;
    }
}
