namespace Ailee.Vcp.Node.Remote;

/// <summary>A session with the server.</summary>
/// <param name="Token">Sent with each call.</param>
/// <param name="Started">Timestamp of its start.</param>
/// <param name="Lifetime">How long it is good; a new one is started a little before.</param>
/// <param name="HeartbeatInterval">How often the server wants to hear of the node.</param>
internal sealed record NodeSession(string Token, long Started, TimeSpan Lifetime, TimeSpan HeartbeatInterval)
{
    // So long before the end, or the last tenth of a short session.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>Whether a new session should be started, and whether there is no other way.</summary>
    public (bool Due, bool Over) At(TimeProvider time)
    {
        var (age, ahead) = (time.GetElapsedTime(Started), Lifetime / 10);
        return (age >= Lifetime - (ahead < Ahead ? ahead : Ahead), age >= Lifetime);
    }
}
