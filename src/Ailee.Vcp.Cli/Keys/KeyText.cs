using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>Public keys on the command line.</summary>
internal static class KeyText
{
    /// <summary>A key given as text, or as a file that holds the text.</summary>
    /// <exception cref="CliException">It is neither.</exception>
    public static PublicKey Parse(string text)
    {
        if (PublicKey.TryParse(text, out var key) || (File.Exists(text) && PublicKey.TryParse(File.ReadAllText(text).Trim(), out key)))
        {
            return key;
        }

        throw new CliException($"'{text}' is not an Ed25519 public key in base64url (43 characters), and no file with one.");
    }
}
