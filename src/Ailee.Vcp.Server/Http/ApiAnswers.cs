using System.Globalization;
using Ailee.Vcp.Client;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Every answer of a call: each media type of a success, which the explorer merges into one, and the statuses of its problems, which follow from
/// what the call takes. The codes behind them are in docs/error-codes.md.
/// </summary>
internal sealed class ApiAnswers : IOperationFilter
{
    private static readonly string[] OfAll = ["400", "401", "403", "422", "429", "503"];
    private static readonly string[] OfResources = ["404", "409"];
    private static readonly string[] OfBodies = ["404", "409", "413", "415"];
    private static readonly string[] OfRanges = ["412", "416"];

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var answers = operation.Responses ??= [];
        foreach (var produced in context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<IProducesResponseTypeMetadata>())
        {
            var status = produced.StatusCode.ToString(CultureInfo.InvariantCulture);
            if (produced.StatusCode < StatusCodes.Status400BadRequest || !produced.ContentTypes.Contains(MediaTypes.Problem))
            {
                Add(answers, status, produced, context);
            }
        }

        if (answers.ContainsKey("206"))
        {
            answers.TryAdd("304", new OpenApiResponse { Description = "It is the one of If-None-Match" });
        }

        var problem = context.SchemaGenerator.GenerateSchema(typeof(ProblemView), context.SchemaRepository);
        foreach (var status in Statuses(operation, answers).Distinct())
        {
            var answer = (OpenApiResponse)(answers.TryGetValue(status, out var known) ? known : answers[status] = new OpenApiResponse { Description = "A problem; its code tells which" });
            (answer.Content ??= new Dictionary<string, IOpenApiMediaType>()).TryAdd(MediaTypes.Problem, new OpenApiMediaType { Schema = problem });
        }
    }

    private static IEnumerable<string> Statuses(OpenApiOperation operation, OpenApiResponses answers) => OfAll
        .Concat(operation.Parameters?.Any(parameter => parameter.In is ParameterLocation.Path or ParameterLocation.Query) is true ? OfResources : [])
        .Concat(operation.RequestBody is not null ? OfBodies : [])
        .Concat(answers.ContainsKey("206") ? OfRanges : [])
        // A key that there may not be.
        .Concat(answers.ContainsKey("200") && operation.Parameters is null or [] ? ["404"] : []);

    private static void Add(OpenApiResponses answers, string status, IProducesResponseTypeMetadata produced, OperationFilterContext context)
    {
        var answer = (OpenApiResponse)(answers.TryGetValue(status, out var known) ? known : answers[status] = new OpenApiResponse { Description = "OK" });
        foreach (var mediaType in produced.ContentTypes)
        {
            if (produced.Type is { } type && type != typeof(void))
            {
                (answer.Content ??= new Dictionary<string, IOpenApiMediaType>())
                    .TryAdd(mediaType, new OpenApiMediaType { Schema = context.SchemaGenerator.GenerateSchema(type, context.SchemaRepository) });
            }
        }
    }
}
