using System.Reflection;
using Ailee.Vcp.Node;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Server.Tests;

public sealed class LogEventTests
{
    [Fact]
    public void EventIds_OfNodeAndServer_AreUnique()
    {
        var events = from type in typeof(NodeAgent).Assembly.GetTypes().Concat(typeof(ServerHost).Assembly.GetTypes())
                     from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                     let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                     where message is not null
                     select (message.EventId, Name: $"{type.Name}.{method.Name}");

        var byId = events.GroupBy(message => message.EventId).ToList();

        Assert.NotEmpty(byId);
        Assert.All(byId, group => Assert.Single(group));
        Assert.DoesNotContain(byId, group => group.Key <= 0);
    }
}
