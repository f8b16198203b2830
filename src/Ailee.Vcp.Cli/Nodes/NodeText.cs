using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Nodes;

namespace Ailee.Vcp.Cli.Nodes;

/// <summary>Nodes as text.</summary>
internal static class NodeText
{
    /// <summary>As JSON in one line.</summary>
    public static string Line(NodeView node) => JsonSerializer.Serialize(node, VcpJson.Default.NodeView);

    /// <summary>In one line for people.</summary>
    public static string Row(NodeView node) =>
        string.Create(CultureInfo.InvariantCulture, $"{node.Id}  {node.State,-12}  health {node.Health.Score:0.00}  reputation {node.Reputation:0.00}  {node.Name} of {node.Owner}");

    /// <summary>In several lines for people.</summary>
    public static string Page(NodeView node)
    {
        List<string> lines =
        [
            $"{node.Id}",
            $"name         {node.Name} of {node.Owner}",
            $"state        {node.State}{(node.StandingReason is { } reason ? $": {reason}" : string.Empty)}",
            .. node.SafeMode.Select(why => $"             {why}"),
            $"key          {node.PublicKey}",
            $"runs         {node.Engine ?? "unknown"} on {node.System ?? "unknown"}, {node.Architecture ?? "unknown"}; vcp {node.Version ?? "unknown"}",
            string.Create(CultureInfo.InvariantCulture, $"leases       {node.Running} of {node.Slots?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}"),
            string.Create(CultureInfo.InvariantCulture, $"reputation   {node.Reputation:0.000}"),
            string.Create(CultureInfo.InvariantCulture, $"health       {node.Health.Score:0.000}"),
            .. node.Health.Factors.Select(factor => string.Create(CultureInfo.InvariantCulture, $"             {factor.Name,-11} {factor.Normalized:0.000} x {factor.Weight:0.00}  {factor.Reason}")),
        ];
        return string.Join('\n', lines);
    }
}
