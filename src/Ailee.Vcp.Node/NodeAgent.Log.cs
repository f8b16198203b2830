using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node;

public sealed partial class NodeAgent
{
    [LoggerMessage(2001, LogLevel.Error, "Asking for leases failed; trying again")]
    private partial void LogLeaseFailed(Exception exception);

    [LoggerMessage(2002, LogLevel.Error, "The result of task {Task} could not be reported; trying again")]
    private partial void LogReportFailed(string task, Exception exception);

    [LoggerMessage(2003, LogLevel.Warning, "The result of task {Task} was refused: {Code}")]
    private partial void LogRefused(string task, string? code);

    [LoggerMessage(2006, LogLevel.Error, "Asking for revocations failed; trying again")]
    private partial void LogRevocationsFailed(Exception exception);

    [LoggerMessage(2008, LogLevel.Information, "The lease of task {Task} has ended before its result: {Why}")]
    private partial void LogLeaseEnded(string task, string why);
}
