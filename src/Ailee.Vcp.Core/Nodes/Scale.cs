using System.Globalization;

namespace Ailee.Vcp.Core.Nodes;

/// <summary>What the scorers have in common: numbers from outside are made harmless before anything is computed with them.</summary>
internal static class Scale
{
    /// <summary>The value within 0 to 1; something that is no number is 0.</summary>
    public static double Unit(double value) => double.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);

    /// <summary>The value, or null where it is no finite number: a sensor that says so knows nothing.</summary>
    public static double? Known(double? value) => value is { } known && double.IsFinite(known) ? known : null;

    /// <summary>The number for a sentence, with at most three decimals.</summary>
    public static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
