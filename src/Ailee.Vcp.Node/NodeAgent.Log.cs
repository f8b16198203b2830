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

    [LoggerMessage(2004, LogLevel.Error, "Task {Task} could not be run")]
    private partial void LogExecutionFailed(string task, Exception exception);

    [LoggerMessage(2005, LogLevel.Error, "Task {Task} ended in an engine fault: {Detail}")]
    private partial void LogEngineFault(string task, string detail);

    [LoggerMessage(2006, LogLevel.Error, "Asking for revocations failed; trying again")]
    private partial void LogRevocationsFailed(Exception exception);

    [LoggerMessage(2007, LogLevel.Error, "Two runs of task {Task} disagreed: {Field} in leaf {Leaf} of the trace")]
    private partial void LogDivergence(string task, string field, int? leaf);

    [LoggerMessage(2008, LogLevel.Information, "The lease of task {Task} has ended before its result: {Why}")]
    private partial void LogLeaseEnded(string task, string why);

    [LoggerMessage(2009, LogLevel.Error, "The result of task {Task} cannot be signed, because its counter cannot be stored; trying again")]
    private partial void LogNotSigned(string task, Exception exception);
}
