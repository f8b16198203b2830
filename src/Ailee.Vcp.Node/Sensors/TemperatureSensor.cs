namespace Ailee.Vcp.Node.Sensors;

/// <summary>The hottest of all thermal zones and hardware monitors.</summary>
internal sealed class TemperatureSensor(SensorFiles files)
{
    // One sensor may take a millisecond to ask, so what a machine with very many costs is bounded.
    private const int MostSensors = 1024;
    private const long Coldest = -40_000;
    private const long Hottest = 150_000;

    // The largest reading of an 8-bit sensor: nothing is connected to it.
    private const long NotConnected = 127_000;

    /// <summary>Degrees Celsius, -40 to 150; null if no sensor says anything in that range.</summary>
    public double? Read()
    {
        long? hottest = null;
        foreach (var path in Zones().Concat(Monitors()).Take(MostSensors))
        {
            if (files.Number(path) is >= Coldest and <= Hottest and not NotConnected and var temperature)
            {
                hottest = Math.Max(hottest ?? Coldest, temperature);
            }
        }

        return hottest / 1000.0;
    }

    private IEnumerable<string> Zones() => files.Entries("sys/class/thermal", "thermal_zone").Select(zone => $"{zone}/temp");

    private IEnumerable<string> Monitors() =>
        from monitor in files.Entries("sys/class/hwmon", "hwmon")
        from input in files.Entries(monitor, "temp")
        where input.EndsWith("_input", StringComparison.Ordinal) && files.Number(input.Replace("_input", "_fault", StringComparison.Ordinal)) is not 1
        select input;
}
