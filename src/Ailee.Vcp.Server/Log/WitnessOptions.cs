namespace Ailee.Vcp.Server.Log;

/// <summary>A witness of this log.</summary>
public sealed class WitnessOptions
{
    /// <summary>Its submission prefix (C2SP tlog-witness): <c>/add-checkpoint</c> is called below it. No default.</summary>
    public string Url { get; set; } = string.Empty;

    /// <summary>Its C2SP verifier key, of the type of cosignatures. No default.</summary>
    public string Key { get; set; } = string.Empty;
}
