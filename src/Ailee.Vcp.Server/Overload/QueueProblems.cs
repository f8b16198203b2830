using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Tasks;

namespace Ailee.Vcp.Server.Overload;

/// <summary>Why a task found no place among the undecided.</summary>
internal static class QueueProblems
{
    /// <summary>The problem of an answer other than <see cref="PlaceAnswer.Taken"/>, with the time until some of what waits is done.</summary>
    public static Problem Of(PlaceAnswer answer, TaskPlaces places, string tenant) =>
        (answer == PlaceAnswer.Full
            ? Problems.QueueFull.Because("Try again when some of the waiting tasks are done.")
            : Problems.QueueShareFull.Because("Other submitters have a right to the places that are left. Try again when some of your tasks are done."))
        with
        { RetryAfterSeconds = places.RetryAfterSeconds(tenant, answer) };
}
