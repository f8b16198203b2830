using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Modules;

internal static class ModuleEndpoints
{
    public static IServiceCollection AddModules(this IServiceCollection services) => services
        .AddSingleton<CompilePlaces>()
        .AddSingleton<CompileRefusals>()
        .AddSingleton<ModuleService>();

    public static void MapModules(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<SandboxOptions>>().Value;
        var modules = api.MapGroup("/modules").WithTags("Modules").Needs(Scope.Read);
        modules.MapPost("/", UploadAsync)
            .Needs(Scope.Tasks)
            .TakesContent()
            .Accepts<byte[]>(MediaTypes.Wasm, MediaTypes.Wat)
            .WithMetadata(new RequestSizeLimitAttribute(options.ModuleBytes))
            .WithSummary("Upload a module, as binary or as text");
        modules.MapGet("/", List).WithSummary("List modules, newest first");
        modules.MapGet("/{digest}", Describe).WithSummary("Describe a module");
        modules.MapGet("/{digest}/content", Download)
            .WithSummary("Download a module's binary, or a Range of it")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Wasm)
            .Produces<byte[]>(StatusCodes.Status206PartialContent, MediaTypes.Wasm);
        modules.MapDelete("/{digest}", DeleteAsync).Needs(Scope.Tasks).WithSummary("Delete a module that no undecided task needs");
    }

    private static async Task<Results<Created<ModuleView>, ProblemAnswer>> UploadAsync(HttpContext context, LargeBodies bodies, ModuleService service, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var mediaType = request.MediaType();
        if (mediaType is not (MediaTypes.Wasm or MediaTypes.Wat))
        {
            return Problems.UnsupportedMediaType.Because($"A module is sent as {MediaTypes.Wasm} or {MediaTypes.Wat}.").ToAnswer();
        }

        using var body = await bodies.ReadAsync(context, cancellationToken);
        var (module, problem) = body.Problem is { } unread ? (null, unread) : await service.UploadAsync(context.Caller(), body.Bytes, mediaType == MediaTypes.Wat, cancellationToken);
        return problem is null ? TypedResults.Created($"/api/v1/modules/{module!.Digest}", module) : problem.ToAnswer();
    }

    private static Results<Ok<Page<ModuleView>>, ProblemAnswer> List(int? limit, string? after, HttpContext context, ModuleService service) =>
        ListQuery.TryParse(limit, after, out var query) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(
                service.List(context.Caller(), query),
                module => new Cursor(module.CreatedAt.ToUnixTimeMilliseconds(), Digest.Parse(module.Digest).ToArray()),
                module => module));

    private static Results<Ok<ModuleView>, ProblemAnswer> Describe(string digest, HttpContext context, ModuleService service) =>
        Digest.TryParse(digest, out var parsed) && service.Find(context.Caller(), parsed) is { } module ? TypedResults.Ok(module) : NotFound(digest);

    private static Results<ContentAnswer, ProblemAnswer> Download(string digest, ModuleService service) =>
        Digest.TryParse(digest, out var parsed) && service.Open(parsed) is { } content
            ? new ContentAnswer(content, MediaTypes.Wasm, parsed, $"{parsed.ToHex()}.wasm")
            : NotFound(digest);

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteAsync(string digest, HttpContext context, ModuleService service)
    {
        if (!Digest.TryParse(digest, out var parsed))
        {
            return NotFound(digest);
        }

        var problem = await service.DeleteAsync(context.Actor(), parsed);
        return problem is null ? TypedResults.NoContent() : problem.ToAnswer();
    }

    private static ProblemAnswer NotFound(string digest) =>
        Problems.ModuleNotFound.Because(Digest.TryParse(digest, out _) ? $"There is no module {digest}." : "A module's name is 'sha256:' and 64 lowercase hexadecimal digits.").ToAnswer();
}
