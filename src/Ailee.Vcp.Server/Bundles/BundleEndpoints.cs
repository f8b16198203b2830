using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Core;
using Ailee.Vcp.Node;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Overload;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Bundles;

internal static class BundleEndpoints
{
    private const int DefaultPaths = 1000;
    private const int MaxPaths = 10_000;

    // Kestrel's own 240 bytes a second would let a body of the largest size arrive for weeks.
    private static readonly MinDataRate SlowestBody = new(BodyDeadline.BytesPerSecond, gracePeriod: TimeSpan.FromSeconds(10));

    public static IServiceCollection AddBundles(this IServiceCollection services) => services
        .AddSingleton<BundleSpool>()
        .AddSingleton<BundleWriter>()
        .AddSingleton<BundleService>()
        .AddHostedService<BundleLeftovers>()
        .AddSingleton(provider => new BundleCache(provider.GetRequiredService<IOptions<BundleOptions>>().Value.CacheMemoryBytes));

    public static void MapBundles(this RouteGroupBuilder api)
    {
        var options = ((IEndpointRouteBuilder)api).ServiceProvider.GetRequiredService<IOptions<BundleOptions>>().Value;
        var bundles = api.MapGroup("/bundles").WithTags("Bundles").Needs(Scope.Read);
        bundles.MapPost("/", UploadAsync)
            .Needs(Scope.Tasks)
            .TakesContent()
            .Accepts<byte[]>(MediaTypes.Tar, MediaTypes.Gzip)
            .WithMetadata(new RequestSizeLimitAttribute(options.BodyBytes))
            .WithSummary("Upload a tree of files as a tar, plain or gzip");
        bundles.MapGet("/", List).WithSummary("List bundles, newest first");
        bundles.MapGet("/{digest}", Describe).WithSummary("Describe a bundle, with its paths: ?limit= of them, ?after= a path");
        bundles.MapGet("/{digest}/content", Download)
            .WithSummary("Download a bundle as its canonical tar, or a Range of it")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaTypes.Tar)
            .Produces<byte[]>(StatusCodes.Status206PartialContent, MediaTypes.Tar);
        bundles.MapDelete("/{digest}", DeleteAsync).Needs(Scope.Tasks).WithSummary("Delete a bundle that no undecided task needs");
    }

    private static async Task<Results<Created<BundleView>, ProblemAnswer>> UploadAsync(HttpContext context, BundleService service, Quotas quotas, CancellationToken cancellationToken)
    {
        var request = context.Request;
        if (request.MediaType() is not (MediaTypes.Tar or MediaTypes.Gzip))
        {
            return Problems.UnsupportedMediaType.Because($"A bundle is sent as {MediaTypes.Tar} or {MediaTypes.Gzip}.").ToAnswer();
        }

        // Whoever may store nothing has nothing of it taken in; how much it is is known when it is read.
        if (quotas.CheckStorage(context.Caller(), 1) is { } full)
        {
            return full.ToAnswer();
        }

        // Streams of HTTP/2 share a connection, and have no rate of their own, only the deadline.
        if (HttpProtocol.IsHttp11(request.Protocol) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = SlowestBody;
        }

        var (bundle, problem) = await service.UploadAsync(context.Caller(), request.Body, request.ContentLength, cancellationToken);
        return problem is null ? TypedResults.Created($"/api/v1/bundles/{bundle!.Digest}", bundle) : problem.ToAnswer();
    }

    private static Results<Ok<Page<BundleView>>, ProblemAnswer> List(int? limit, string? after, HttpContext context, BundleService service) =>
        ListQuery.TryParse(limit, after, out var query) is { } problem
            ? problem.ToAnswer()
            : TypedResults.Ok(query.ToPage(
                service.List(context.Caller(), query),
                bundle => new Cursor(bundle.CreatedAt.ToUnixTimeMilliseconds(), Digest.Parse(bundle.Digest).ToArray()),
                bundle => bundle));

    private static Results<Ok<BundleListing>, ProblemAnswer> Describe(string digest, int? limit, string? after, HttpContext context, BundleService service)
    {
        if (limit is < 1 or > MaxPaths)
        {
            return Problems.MalformedRequest.Because($"limit must be between 1 and {MaxPaths}.").ToAnswer();
        }

        return Digest.TryParse(digest, out var parsed) && service.Describe(context.Caller(), parsed, limit ?? DefaultPaths, after) is { } bundle ? TypedResults.Ok(bundle) : NotFound(digest);
    }

    // The tar is canonical: a digest has one.
    private static Results<ContentAnswer, ProblemAnswer> Download(string digest, BundleService service) =>
        Digest.TryParse(digest, out var parsed) && service.Open(parsed) is { } tar
            ? new ContentAnswer(tar, MediaTypes.Tar, parsed, $"{parsed.ToHex()}.tar")
            : NotFound(digest);

    private static async Task<Results<NoContent, ProblemAnswer>> DeleteAsync(string digest, HttpContext context, BundleService service)
    {
        if (!Digest.TryParse(digest, out var parsed))
        {
            return NotFound(digest);
        }

        var problem = await service.DeleteAsync(context.Actor(), parsed);
        return problem is null ? TypedResults.NoContent() : problem.ToAnswer();
    }

    private static ProblemAnswer NotFound(string digest) =>
        Problems.BundleNotFound.Because(Digest.TryParse(digest, out _) ? $"There is no bundle {digest}." : "A bundle's name is 'sha256:' and 64 lowercase hexadecimal digits.").ToAnswer();
}
