using System.Globalization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Nodes;

namespace Ailee.Vcp.Server.Telemetry;

/// <summary>What stands out over the fleet. Advisory: shown, never scored.</summary>
internal static class FleetOutliers
{
    private static readonly (string Name, string Unit, Func<LiveNode, double?> Value)[] Values =
    [
        ("temperature", "°C", node => node.Telemetry?.TemperatureC),
        ("power", "W", node => node.Telemetry?.PowerW),
        ("cpu-load", "of 1", node => node.Telemetry?.CpuLoad),
        ("latency", "ms", node => node.LatencyMs),
        ("bandwidth", "Mbit/s", node => node.BandwidthMbps),
    ];

    /// <summary>Sentences about the nodes that stand out; none about the others.</summary>
    public static Dictionary<NodeId, List<string>> Of(IReadOnlyList<LiveNode> nodes)
    {
        var found = new Dictionary<NodeId, List<string>>();
        foreach (var (name, unit, value) in Values)
        {
            var known = nodes.Where(node => value(node) is not null).ToList();
            double[] values = [.. known.Select(node => value(node)!.Value)];
            foreach (var (node, score) in known.Zip(Outliers.Scores(values)).Where(pair => Outliers.IsOutlier(pair.Second)))
            {
                var sentence = string.Create(
                    CultureInfo.InvariantCulture, $"{name}: {value(node):0.###} {unit} stands out, the median is {Outliers.Median(values):0.###} (modified z-score {score:0.0}).");
                if (!found.TryAdd(node.Id, [sentence]))
                {
                    found[node.Id].Add(sentence);
                }
            }
        }

        return found;
    }
}
