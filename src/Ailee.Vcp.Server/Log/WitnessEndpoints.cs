using System.Globalization;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ailee.Vcp.Server.Log;

/// <summary>The witness's side of C2SP tlog-witness, with its status codes.</summary>
internal static class WitnessEndpoints
{
    /// <summary>Media type of the size that a conflict answers.</summary>
    public const string SizeType = "text/x.tlog.size";

    private const string PlainText = MediaTypes.Text + "; charset=utf-8";

    public static void MapWitness(this RouteGroupBuilder log)
    {
        log.MapGet("/witness-key", GetKey)
            .AllowWithoutKey()
            .WithSummary("The key with which this server cosigns checkpoints of other logs, as a C2SP verifier key")
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Text);
        log.MapPost("/add-checkpoint", AddCheckpointAsync)
            .AllowWithoutKey()
            .WithMetadata(new RequestSizeLimitAttribute(WitnessRequest.MaxSizeBytes))
            .WithSummary("Have a checkpoint of another log cosigned (C2SP tlog-witness)")
            .Produces<string>(StatusCodes.Status200OK, MediaTypes.Text)
            .Produces<string>(StatusCodes.Status409Conflict, SizeType);
    }

    private static Results<ContentHttpResult, ProblemAnswer> GetKey(Witness witness) => witness.Verifier is { } key
        ? TypedResults.Text($"{key}\n", PlainText)
        : Problems.LogNotWitnessed.Because($"It is no witness: {LogOptions.Section}:{nameof(LogOptions.WitnessName)} is not set.").ToAnswer();

    private static async Task<Results<ContentHttpResult, ProblemAnswer>> AddCheckpointAsync(HttpRequest request, Witness witness, CancellationToken cancellationToken)
    {
        var body = await request.ReadBytesAsync(cancellationToken);
        if (WitnessRequest.TryParse(body.Span) is not { } parsed)
        {
            return Problems.MalformedRequest.Because("The body must be that of add-checkpoint: a line 'old <size>', the lines of a proof, an empty line, a signed note.").ToAnswer();
        }

        return await witness.CosignAsync(parsed) switch
        {
            WitnessAnswer.Cosigned cosigned => TypedResults.Text(SignedNote.WriteSignature(cosigned.Signature) + "\n", PlainText),
            WitnessAnswer.Conflict conflict => TypedResults.Text(string.Create(CultureInfo.InvariantCulture, $"{conflict.Size}\n"), SizeType, statusCode: StatusCodes.Status409Conflict),
            WitnessAnswer.Refused refused => refused.Problem.ToAnswer(),
            _ => throw new InvalidOperationException("There is no other answer."),
        };
    }
}
