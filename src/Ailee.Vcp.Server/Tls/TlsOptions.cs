namespace Ailee.Vcp.Server.Tls;

/// <summary>The server's certificate, and whose certificates nodes need.</summary>
public sealed class TlsOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Tls";

    private const int MostAuthorities = 16;

    /// <summary>File of the certificate of all <c>https</c> addresses: PEM with its chain behind it, or PKCS#12. It is read again when it changes. Default: none; then Kestrel's own configuration holds.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>File of its key, PEM. Default: the key is in the certificate's file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Password of the key or of the PKCS#12 file. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>How often the files are looked at. Unit: seconds. Default 60. Range 1 to 86 400.</summary>
    public int CheckSeconds { get; set; } = 60;

    /// <summary>
    /// How long browsers shall use only https after an answer that came by it (RFC 6797). Never told to those who call this machine by a loopback name. Unit: seconds.
    /// Default one year. Range 0 (not told) to 63 072 000.
    /// </summary>
    public int HstsSeconds { get; set; } = 31_536_000;

    /// <summary>Files of certificates, PEM, of authorities that certify nodes. With any, calls of nodes need a client certificate of one of them. Default: none.</summary>
    public string[] NodeAuthorities { get; set; } = [];

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        if (CertificateFile is not null && string.IsNullOrWhiteSpace(CertificateFile))
        {
            yield return $"{Section}:{nameof(CertificateFile)} must name a file.";
        }

        if (KeyFile is not null && (CertificateFile is null || string.IsNullOrWhiteSpace(KeyFile)))
        {
            yield return $"{Section}:{nameof(KeyFile)} must name a file, beside {nameof(CertificateFile)}.";
        }

        if (Password is not null && (CertificateFile is null || string.IsNullOrWhiteSpace(Password)))
        {
            yield return $"{Section}:{nameof(Password)} must not be empty, and stand beside {nameof(CertificateFile)}.";
        }

        if (CheckSeconds is < 1 or > 86_400)
        {
            yield return $"{Section}:{nameof(CheckSeconds)} must be between 1 and 86400.";
        }

        if (HstsSeconds is < 0 or > 63_072_000)
        {
            yield return $"{Section}:{nameof(HstsSeconds)} must be between 0 and 63072000.";
        }

        if (NodeAuthorities.Length > MostAuthorities)
        {
            yield return $"{Section}:{nameof(NodeAuthorities)} must name at most {MostAuthorities} files.";
        }

        if (NodeAuthorities.Length <= MostAuthorities && NodeAuthorities.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{Section}:{nameof(NodeAuthorities)} must name files.";
        }
    }
}
