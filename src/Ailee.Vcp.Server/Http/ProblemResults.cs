using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Ailee.Vcp.Client;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ailee.Vcp.Server.Http;

/// <summary>A problem as an answer (RFC 9457).</summary>
internal sealed class ProblemAnswer(Problem problem) : IResult, IEndpointMetadataProvider
{
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status422UnprocessableEntity, typeof(ProblemView), [MediaTypes.Problem]));

    public Task ExecuteAsync(HttpContext httpContext) => httpContext.WriteAsync(problem);
}

/// <summary>Problems as answers.</summary>
internal static class ProblemResults
{
    /// <summary>The answer of a handler.</summary>
    public static ProblemAnswer ToAnswer(this Problem problem) => new(problem);

    /// <summary>A problem as the contract shows it.</summary>
    public static ProblemView ToView(this Problem problem) =>
        new($"urn:vcp:problem:{problem.Kind.Code}", problem.Kind.Title, problem.Kind.Status, problem.Detail, problem.Kind.Code);

    /// <summary>A problem of a kind.</summary>
    public static Problem Because(this ProblemKind kind, string detail) => new(kind, detail);

    /// <summary>Writes the answer; for middleware, where no handler runs. The problem is then a feature of the request.</summary>
    public static async Task WriteAsync(this HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Kind.Status;
        context.Response.ContentType = MediaTypes.Problem;
        context.Features.Set(problem);
        if (problem.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await JsonSerializer.SerializeAsync(context.Response.Body, problem.ToView(), VcpJson.Default.ProblemView, context.RequestAborted);
    }
}
