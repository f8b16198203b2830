namespace Ailee.Vcp.Server.Dispatch;

/// <summary>Names of submitters that are not those of keys.</summary>
internal static class Submitters
{
    /// <summary>Everybody, while the server takes calls without a key.</summary>
    public const string Local = "local";
}
