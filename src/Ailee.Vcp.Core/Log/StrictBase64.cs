namespace Ailee.Vcp.Core.Log;

/// <summary>Standard base64 with padding, in its only canonical spelling.</summary>
internal static class StrictBase64
{
    /// <summary>The bytes, or null if the text is not canonical base64 of <paramref name="length"/> bytes.</summary>
    public static byte[]? TryDecode(string text, int length)
    {
        var bytes = TryDecode(text);
        return bytes?.Length == length ? bytes : null;
    }

    /// <summary>The bytes, or null if the text is not canonical base64.</summary>
    public static byte[]? TryDecode(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        // The framework skips white space and takes spare bits; neither comes back when encoded again.
        return Convert.TryFromBase64String(text, bytes, out var written) && Convert.ToBase64String(bytes.AsSpan(0, written)) == text
            ? bytes[..written]
            : null;
    }
}
