using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Storage;
using Microsoft.AspNetCore.Diagnostics;

namespace Ailee.Vcp.Server.Http;

/// <summary>Turns what no handler answered into problems. No exception text leaves the process.</summary>
internal static partial class ErrorHandling
{
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = AnswerExceptionAsync, SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(context => AnswerStatusAsync(context.HttpContext));
        return app;
    }

    private static async Task AnswerExceptionAsync(HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone: nobody reads an answer, and nothing failed.
            return;
        }

        var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var problem = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.BodyTooLarge.Because("The body is larger than this call takes."),
            // Kestrel has no exception of its own for a chunk of more bytes than there are numbers.
            BadHttpRequestException or IOException { InnerException: OverflowException, Source: "Microsoft.AspNetCore.Server.Kestrel.Core" } => Problems.MalformedRequest.Because("The request is malformed."),
            StorageException => Problems.StorageUnavailable.Because("Nothing of this request was stored.") with { RetryAfterSeconds = Problems.StorageSeconds },
            LogReadOnlyException => Problems.LogReadOnly.Because("Nothing of this request was stored; /stats says why.") with { RetryAfterSeconds = LogReadOnly.RetryAfterSeconds },
            OperationCanceledException => Problems.ShuttingDown.Because("The request was not finished.") with { RetryAfterSeconds = Problems.RestartSeconds },
            _ => Problems.Internal.Because("The server's log tells more."),
        };
        if (problem.Kind.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailed(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorHandling)), context.Request.Method, context.Request.Path, exception);
        }

        await context.WriteAsync(problem);
    }

    private static Task AnswerStatusAsync(HttpContext context)
    {
        var problem = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problems.NotFound.Because("No such path."),
            StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed.Because($"{context.Request.Method} is not a method of this path."),
            StatusCodes.Status413PayloadTooLarge => Problems.BodyTooLarge.Because("The body is larger than this call takes."),
            StatusCodes.Status415UnsupportedMediaType => Problems.UnsupportedMediaType.Because("This call takes other media types; see /swagger."),
            StatusCodes.Status400BadRequest => Problems.MalformedRequest.Because("The request is malformed."),
            _ => null,
        };
        return problem is null ? Task.CompletedTask : context.WriteAsync(problem);
    }

    [LoggerMessage(1001, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void LogFailed(ILogger logger, string method, string path, Exception? exception);
}
