using Ailee.Vcp.Server.Telemetry;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Server.Tests.Telemetry;

/// <summary>One server that takes heartbeats.</summary>
public sealed class MeshServerFixture : ServerFixture
{
    internal KnownLeases Leases { get; } = new();

    internal override ServerSetup Setup => new() { NodeWorks = false, Configure = services => services.AddSingleton<ILeases>(Leases) };
}
