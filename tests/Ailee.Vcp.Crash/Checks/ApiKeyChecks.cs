using System.Net;
using System.Net.Http.Headers;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>Holds a server to the API keys that it gave and took.</summary>
internal static class ApiKeyChecks
{
    public static async Task CheckAsync(World world, CancellationToken cancellationToken)
    {
        foreach (var key in world.Known.Keys)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "api/v1/tasks?limit=1");
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
            using var answer = await world.Http.SendAsync(message, cancellationToken);
            CheckException.Unless(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, $"A call with {key.Id} was answered {(int)answer.StatusCode}.");
            var opens = answer.StatusCode == HttpStatusCode.OK;
            CheckException.Unless(key.Existence != Existence.There || opens, $"{key.Id} was given out and opens nothing.");
            CheckException.Unless(key.Existence != Existence.Gone || !opens, $"{key.Id} was revoked and opens again.");
            key.Existence = opens ? Existence.There : Existence.Gone;
        }
    }
}
