using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Auth;

/// <summary>
/// Reads an identity provider's keys and keeps them for an hour; a provider that does not answer has a day before its tokens are refused.
/// Whatever tokens come, it is asked only every so often. Thread-safe.
/// </summary>
internal sealed partial class JwtIssuer : IDisposable
{
    private const int MostBytes = 256 * 1024;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Good = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HttpClient _http;
    private readonly JwtOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JwtIssuer> _logger;
    private volatile JwtKeySet? _keys;
    private volatile Attempt? _attempt;

    public JwtIssuer(IOptions<JwtOptions> options, TimeProvider time, ILogger<JwtIssuer> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        // A redirection could lead to an address that is not trustworthy.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = LongestAnswer, MaxResponseContentBufferSize = MostBytes };
    }

    /// <summary>Least time between two readings: with a new key a provider's tokens may be refused for so long.</summary>
    public static TimeSpan LeastInterval { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Keys that are good, or null if the provider cannot be asked.</summary>
    /// <param name="isEnough">Whether they are what is needed; if not, they are read again if that was not just done.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<JwtKeySet?> FindKeysAsync(Func<JwtKeySet, bool> isEnough, CancellationToken cancellationToken)
    {
        if (_keys is { } held && _time.GetElapsedTime(held.ReadAt) < Fresh && isEnough(held))
        {
            return held;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_attempt is null || _time.GetElapsedTime(_attempt.At) >= LeastInterval)
            {
                await ReadAsync();
            }
        }
        finally
        {
            _turn.Release();
        }

        // What was not found in old keys may be in those that could not be read.
        return _keys is { } keys && _time.GetElapsedTime(keys.ReadAt) < Good && (isEnough(keys) || _attempt!.Succeeded) ? keys : null;
    }

    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    // Not ended by the request that began it: others wait for it too.
    private async Task ReadAsync()
    {
        var now = _time.GetTimestamp();
        try
        {
            using var document = JsonDocument.Parse(await _http.GetStringAsync(new Uri(_options.Authority.TrimEnd('/') + "/.well-known/openid-configuration")));
            var issuer = document.RootElement.GetProperty("issuer").GetString();
            var address = new Uri(document.RootElement.GetProperty("jwks_uri").GetString()!);
            if (issuer != _options.Authority || !JwtOptions.IsTrustworthy(address))
            {
                throw new InvalidDataException($"It says that it is '{issuer}', with its keys at '{address}'.");
            }

            _keys = JwtKeySet.Parse(await _http.GetStringAsync(address), now);
            _attempt = new Attempt(now, true);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or InvalidDataException or InvalidOperationException or KeyNotFoundException or UriFormatException or ArgumentException)
        {
            _attempt = new Attempt(now, false);
            LogFailed(_options.Authority, exception.Message);
        }
    }

    [LoggerMessage(1104, LogLevel.Warning, "The keys of the identity provider {Authority} cannot be read: {Reason}")]
    private partial void LogFailed(string authority, string reason);

    private sealed record Attempt(long At, bool Succeeded);
}
