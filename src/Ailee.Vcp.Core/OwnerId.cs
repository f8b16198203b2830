using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ailee.Vcp.Core;

/// <summary>Names who answers for a node: text of 1 to 64 bytes in UTF-8 without control characters. Two owners are one only if every character is the same.</summary>
public readonly record struct OwnerId
{
    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int MostBytes = 64;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _name;

    private OwnerId(string name) => _name = name;

    /// <summary>Reads a name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OwnerId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MostBytes || text.Any(char.IsControl) || !Fits(text))
        {
            return false;
        }

        id = new OwnerId(text);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static OwnerId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("An owner is 1 to 64 bytes of UTF-8 without control characters.");

    /// <inheritdoc/>
    public override string ToString() => _name ?? "";

    private static bool Fits(string text)
    {
        try
        {
            return Utf8.GetByteCount(text) <= MostBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
