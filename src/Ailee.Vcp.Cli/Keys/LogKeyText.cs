using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Cli.Keys;

/// <summary>Keys of logs on the command line.</summary>
internal static class LogKeyText
{
    /// <summary>A verifier key given as text, or as a file that holds the text.</summary>
    /// <exception cref="CliException">It is neither.</exception>
    public static NoteKey Parse(string text)
    {
        if (TryParse(text, out var key) || (File.Exists(text) && TryParse(File.ReadAllText(text).Trim(), out key)))
        {
            return key!;
        }

        throw new CliException($"'{text}' is not a log's verifier key (name+hash+base64, as GET /api/v1/log/key answers it), and no file with one.");
    }

    // A witness's key has the same form; it signs no log.
    private static bool TryParse(string text, out NoteKey? key) => NoteKey.TryParse(text, out key) && key.Type == NoteKeyType.Log;
}
