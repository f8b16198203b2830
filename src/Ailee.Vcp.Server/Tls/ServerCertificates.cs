using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tls;

/// <summary>
/// The certificate that the server shows, and the next one as soon as it lies in the files. Connections that are open keep theirs. New
/// files that cannot be used change nothing: what they lack is told once, and they are tried again.
/// </summary>
internal sealed partial class ServerCertificates : BackgroundService
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ServerCertificates> _logger;
    private volatile SslStreamCertificateContext? _current;
    private string? _shown;
    private string? _refused;

    /// <exception cref="StartupException">There is a certificate file, and it cannot be used.</exception>
    public ServerCertificates(IOptions<TlsOptions> options, TimeProvider time, ILogger<ServerCertificates> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        if (_options.CertificateFile is null)
        {
            return;
        }

        try
        {
            var files = CertificateFiles.Read(_options);
            (_current, _shown) = (files.Parse(), files.Fingerprint());
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            throw new StartupException($"Tls:CertificateFile or Tls:KeyFile cannot be used: {exception.Message}");
        }

        Tell();
    }

    /// <summary>The certificate and its chain; null if none is configured.</summary>
    public SslStreamCertificateContext? Current => _current;

    /// <summary>When it expires.</summary>
    public DateTimeOffset? ExpiresAt => _current is { } current ? new DateTimeOffset(current.TargetCertificate.NotAfter) : null;

    /// <summary>Looks at the files once.</summary>
    public void Check()
    {
        string? fingerprint = null;
        try
        {
            var files = CertificateFiles.Read(_options);
            fingerprint = files.Fingerprint();
            if (fingerprint == _shown)
            {
                return;
            }

            var next = files.Parse();
            var (now, certificate) = (_time.GetUtcNow(), next.TargetCertificate);
            if (now < certificate.NotBefore || now > certificate.NotAfter)
            {
                throw new CryptographicException("It is not valid now.");
            }

            (_current, _shown, _refused) = (next, fingerprint, null);
            Tell();
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            // The same files are told of once; the next are others.
            if (_refused != (fingerprint ?? exception.Message))
            {
                _refused = fingerprint ?? exception.Message;
                LogRefused(exception.Message);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.CertificateFile is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(_options.CheckSeconds), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Check();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException;

    private void Tell()
    {
        var (subject, expires) = (_current!.TargetCertificate.Subject, ExpiresAt!.Value);
        if (expires - _time.GetUtcNow() < Soon)
        {
            LogExpiring(subject, expires);
        }
        else
        {
            LogShown(subject, expires);
        }
    }

    [LoggerMessage(5101, LogLevel.Information, "The certificate {Subject} is shown; it expires at {Expires:u}")]
    private partial void LogShown(string subject, DateTimeOffset expires);

    [LoggerMessage(5102, LogLevel.Warning, "The certificate {Subject} is shown; it expires soon, at {Expires:u}")]
    private partial void LogExpiring(string subject, DateTimeOffset expires);

    [LoggerMessage(5103, LogLevel.Error, "The certificate's files changed and cannot be used, so the certificate before is still shown: {Why}")]
    private partial void LogRefused(string why);
}
