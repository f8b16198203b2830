using System.Globalization;
using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>The records of a pax extended header (POSIX.1-2001) that matter here.</summary>
internal sealed record PaxRecords(string? Path, string? LinkPath, long? Size)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static PaxRecords None { get; } = new(null, null, null);

    /// <summary>Reads records of the form <c>length keyword=value\n</c> on top of earlier ones.</summary>
    public static PaxRecords Read(ReadOnlySpan<byte> data, PaxRecords earlier)
    {
        var records = earlier;
        while (!data.IsEmpty)
        {
            var space = data.IndexOf((byte)' ');
            if (space is < 1 or > 9
                || !int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= space + 1 || length > data.Length || data[length - 1] != '\n')
            {
                throw Invalid();
            }

            var record = data[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            records = equals > 0 ? records.With(record[..equals], record[(equals + 1)..]) : throw Invalid();
            data = data[length..];
        }

        return records;
    }

    private PaxRecords With(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value) =>
        keyword.SequenceEqual("path"u8) ? this with { Path = Text(value) }
        : keyword.SequenceEqual("linkpath"u8) ? this with { LinkPath = Text(value) }
        : keyword.SequenceEqual("size"u8) ? this with { Size = Number(value) }
        : keyword.StartsWith("GNU.sparse."u8) ? throw new BundleException(BundleCodes.Invalid, "Bundles have no sparse files.")
        : this;

    private static long Number(ReadOnlySpan<byte> value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid();

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new BundleException(BundleCodes.Invalid, "A name is not UTF-8.");
        }
    }

    private static BundleException Invalid() => new(BundleCodes.Invalid, "An extended header is damaged.");
}
