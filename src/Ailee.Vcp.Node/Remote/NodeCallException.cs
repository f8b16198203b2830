using System.Net;

namespace Ailee.Vcp.Node.Remote;

/// <summary>A call to the server did not do what it should: the server refused it, or there was no answer that could be read.</summary>
public sealed class NodeCallException : Exception
{
    /// <summary>Stands for no code.</summary>
    internal const string UnknownCode = "unknown";

    private readonly bool _isHopeless;

    private NodeCallException(HttpStatusCode? status, string code, string message, TimeSpan? retryAfter, bool isHopeless = false)
        : base(message) => (Status, Code, RetryAfter, _isHopeless) = (status, code, retryAfter, isHopeless);

    /// <summary>HTTP status; null if there was no answer, so that nobody knows whether the call did what it should.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The problem's stable code, or <c>unknown</c>.</summary>
    public string Code { get; }

    /// <summary>How long the server asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same call may do it later. The server names a code with whatever it refuses: without one somebody on the way did.</summary>
    public bool IsTransient => !_isHopeless && (Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status is 425 or >= 500 || Code == UnknownCode);

    /// <summary>Whether a new session is needed first.</summary>
    public bool IsSessionEnded => Status == HttpStatusCode.Unauthorized;

    internal static NodeCallException NoAnswer(string why) => new(null, UnknownCode, why, null);

    internal static NodeCallException TooLarge(long maxBytes) =>
        new(null, UnknownCode, $"The server's answer has more than the {maxBytes} bytes that it may have.", null, isHopeless: true);

    internal static NodeCallException Refused(HttpStatusCode status, string code, string detail, TimeSpan? retryAfter) => new(status, code, $"{detail} ({code})", retryAfter);
}
