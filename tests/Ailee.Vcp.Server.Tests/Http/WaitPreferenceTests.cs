using Ailee.Vcp.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class WaitPreferenceTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(null, "")]
    [InlineData(null, "respond-async")]
    [InlineData(null, "wait")]
    [InlineData(null, "wait=")]
    [InlineData(null, "wait=-1")]
    [InlineData(null, "wait=+1")]
    [InlineData(null, "wait=1.5")]
    [InlineData(null, "wait=99999999999")]
    [InlineData(null, "waiting=5")]
    [InlineData(0, "wait=0")]
    [InlineData(30, "wait=30")]
    [InlineData(60, "wait=60")]
    [InlineData(60, "wait=61")]
    [InlineData(60, "wait=2147483647")]
    [InlineData(5, " wait = 5 ; foo")]
    [InlineData(5, "respond-async, wait=5")]
    [InlineData(5, "respond-async", "wait=5")]
    [InlineData(5, "wait=soon, wait=5")]
    [InlineData(5, "wait=5, wait=7")]
    public void ApplyWait_Header_SecondsOrNothing(int? seconds, params string[] headers)
    {
        var request = new DefaultHttpContext().Request;
        if (headers.Length > 0)
        {
            request.Headers["Prefer"] = headers;
        }

        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), request.HttpContext.ApplyWait());
    }

    [Theory]
    [InlineData(null, 0, true)]
    [InlineData(0, 0, true)]
    [InlineData(60, 60, true)]
    [InlineData(61, 61, false)]
    [InlineData(-1, -1, false)]
    public void FromQuery_Seconds_WithinRange(int? wait, int seconds, bool ok)
    {
        var problem = WaitPreference.FromQuery(wait, out var duration);

        Assert.Equal((ok, TimeSpan.FromSeconds(seconds)), (problem is null, duration));
    }
}
